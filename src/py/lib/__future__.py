annotations = division = print_function = unicode_literals = absolute_import = with_statement = generators = None
