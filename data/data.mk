# Data that travels with the source: the sample shop of `./bootstrap demo`.
EXTRA_DIST += data/demo

# Completions ask `retort __complete`, so they need no list of their own.
bashcompdir = $(datadir)/bash-completion/completions
dist_bashcomp_DATA = data/completions/retort
zshcompdir = $(datadir)/zsh/site-functions
dist_zshcomp_DATA = data/completions/_retort
fishcompdir = $(datadir)/fish/vendor_completions.d
dist_fishcomp_DATA = data/completions/retort.fish
