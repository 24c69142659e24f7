# fish completion for retort: the program itself knows its commands, options and the project's revisions.
function __retort_complete
    set -l words (commandline --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    set -l path (string replace --regex -- '^--[^=]*=' '' "$current")
    set -l option (string match --regex -- '^--[^=]*=' "$current")
    for line in ($words[1] __complete -- $words[2..] "$current" 2>/dev/null)
        switch $line
            case ':files'
                printf '%s\n' "$option"(__fish_complete_path "$path")
            case ':folders'
                printf '%s\n' "$option"(__fish_complete_directories "$path")
            case '*'
                echo $line
        end
    end
end
complete --command retort --no-files --arguments '(__retort_complete)'
