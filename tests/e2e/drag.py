"""A file manager in one act: drags files over a window and lets go, by the XDND protocol.

    python3 drag.py WINDOW X Y FILE...

It is a process of its own because a drag between two programs is what is tested: the files' names travel through a
selection that the target asks of this process. Exit code 0 when the target has said that it took them.
"""
import sys
import time
from pathlib import Path

from Xlib import X, Xatom, display
from Xlib.protocol import event

VERSION = 5
SECONDS = 30


class Drag:
    def __init__(self, target, x, y, files):
        self.display = display.Display()
        root = self.display.screen().root
        self.target = self.display.create_resource_object("window", target)
        self.x, self.y = x, y
        self.uris = "".join(f"{Path(file).resolve().as_uri()}\r\n" for file in files).encode()
        self.source = root.create_window(0, 0, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        self.source.set_selection_owner(self.atom("XdndSelection"), X.CurrentTime)

    def atom(self, name):
        return self.display.intern_atom(name)

    def run(self):
        self.tell("XdndEnter", VERSION << 24, self.atom("text/uri-list"), 0, 0)
        # A hand moves on before it lets go, and the target may read the names only at the second step.
        for step in range(3):
            self.tell("XdndPosition", 0, (self.x + step) << 16 | self.y, X.CurrentTime, self.atom("XdndActionCopy"))
            status = self.answer("XdndStatus")
            if not status[1] & 1:
                self.tell("XdndLeave", 0, 0, 0, 0)
                sys.exit("the window does not take files here")
        self.wait_until_read()
        self.tell("XdndDrop", 0, X.CurrentTime, 0, 0)
        if not self.answer("XdndFinished")[1] & 1:
            sys.exit("the window let the files fall")

    def tell(self, message, *values):
        data = (32, [self.source.id, *values])
        self.target.send_event(event.ClientMessage(window=self.target, client_type=self.atom(message), data=data))
        self.display.flush()

    def answer(self, message):
        """The target's message of that kind; its question for the names is answered on the way."""
        wanted = self.atom(message)
        return self.serve(lambda e: e.type == X.ClientMessage and e.client_type == wanted, message).data[1]

    def wait_until_read(self):
        if not self.was_read:
            self.serve(lambda e: e.type == X.SelectionRequest, "a question for the files' names")

    was_read = False

    def serve(self, awaited, name):
        limit = time.monotonic() + SECONDS
        while time.monotonic() < limit:
            while self.display.pending_events():
                seen = self.display.next_event()
                if seen.type == X.SelectionRequest:
                    self.give_names(seen)
                if awaited(seen):
                    return seen
            time.sleep(0.01)
        sys.exit(f"no {name} came from the window within {SECONDS} s")

    def give_names(self, question):
        uri_list = self.atom("text/uri-list")
        known = question.target == uri_list
        if question.target == self.atom("TARGETS"):
            question.requestor.change_property(question.property, Xatom.ATOM, 32, [uri_list])
        elif known:
            question.requestor.change_property(question.property, uri_list, 8, self.uris)
        answer = event.SelectionNotify(
            time=question.time,
            requestor=question.requestor,
            selection=question.selection,
            target=question.target,
            property=question.property,
        )
        question.requestor.send_event(answer)
        self.display.flush()
        self.was_read = self.was_read or known


if __name__ == "__main__":
    window, x, y, *files = sys.argv[1:]
    Drag(int(window, 0), int(x), int(y), files).run()
