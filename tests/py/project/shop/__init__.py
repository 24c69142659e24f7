from .consts import NAME


def helper(text):
    return f"<{text}>"
