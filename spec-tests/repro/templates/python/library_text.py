def library_text(function, number):
    """What the C library itself says of a number: gai_strerror, hstrerror."""
    function = getattr(ctypes.CDLL(None), function)
    function.restype = ctypes.c_char_p
    said = function(number)
    return said if str is bytes else said.decode("utf-8")
