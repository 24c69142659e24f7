# fish completion for retort: the program itself knows its commands, options and the project's revisions.
function __retort_complete
    set -l words (commandline --tokenize --cut-at-cursor)
    set -l current (commandline --current-token --cut-at-cursor)
    for line in ($words[1] __complete -- $words[2..] "$current" 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':folders'
                __fish_complete_directories "$current"
            case '*'
                echo $line
        end
    end
end
complete --command retort --no-files --arguments '(__retort_complete)'
