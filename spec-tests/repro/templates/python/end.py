def end(status, text):
    print(text)
    sys.exit(status)
