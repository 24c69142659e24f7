# Translations of data, completions, the demo.
