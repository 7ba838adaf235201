class Hang(Exception):
    pass


def hang(*_):
    raise Hang("no answer within %d seconds" % PATIENCE)


PATIENCE = 10
signal.signal(signal.SIGALRM, hang)
