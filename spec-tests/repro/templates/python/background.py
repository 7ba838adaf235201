class Background(threading.Thread):
    """Runs something while the module under test is busy at the other end."""

    under_way = {}

    def __init__(self, sock, work):
        threading.Thread.__init__(self)
        self.daemon = True
        self.result = self.trouble = None
        self.work = work
        self.under_way[sock] = self
        self.start()

    def run(self):
        try:
            self.result = self.work()
        except Exception as trouble:
            self.trouble = trouble

    @classmethod
    def wait(cls, sock):
        thread = cls.under_way.pop(sock)
        thread.join(PATIENCE)
        if thread.trouble is not None:
            raise thread.trouble
        return thread.result
