"""A file manager in which files were copied: gives their names to whoever pastes, until it is ended.

    python3 copy_files.py FILE...

Says a line when it has them.
"""
import sys
from pathlib import Path

from Xlib import X, Xatom, display
from Xlib.protocol import event


def main(files):
    desktop = display.Display()
    window = desktop.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    window.set_selection_owner(desktop.intern_atom("CLIPBOARD"), X.CurrentTime)
    desktop.sync()
    print("copied", flush=True)
    names = "\n".join(str(Path(file).resolve()) for file in files).encode()
    texts = [desktop.intern_atom(name) for name in ("UTF8_STRING", "text/plain;charset=utf-8", "text/plain")]
    targets = desktop.intern_atom("TARGETS")
    while True:
        asked = desktop.next_event()
        if asked.type != X.SelectionRequest:
            continue
        given = asked.property
        if asked.target == targets:
            asked.requestor.change_property(given, Xatom.ATOM, 32, [targets, *texts])
        elif asked.target in texts:
            asked.requestor.change_property(given, asked.target, 8, names)
        else:
            given = X.NONE
        answer = event.SelectionNotify(
            time=asked.time,
            requestor=asked.requestor,
            selection=asked.selection,
            target=asked.target,
            property=given,
        )
        asked.requestor.send_event(answer)
        desktop.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
