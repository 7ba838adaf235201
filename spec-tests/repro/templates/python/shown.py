# A terminal may have nothing but ASCII.
shown = repr if str is bytes else ascii
