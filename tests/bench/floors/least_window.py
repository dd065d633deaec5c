"""The least chat program on our stack: an empty window with qasync and slixmpp that goes online.

Given HOST PORT CA_FILE ADDRESS; the password is the first line of standard input.
"""

import asyncio
import sys

import qasync
import slixmpp
from PySide6.QtWidgets import QApplication, QWidget

host, port, ca_file, address = sys.argv[1:]
application = QApplication(sys.argv[:1])
window = QWidget()
window.resize(980, 680)
window.show()
loop = qasync.QEventLoop(application)
asyncio.set_event_loop(loop)
client = slixmpp.ClientXMPP(address, sys.stdin.readline().strip())
client.ca_certs = ca_file
client.enable_direct_tls = False
client.add_event_handler("session_start", lambda _: client.send_presence())
client.connect(host, int(port))
with loop:
    loop.run_forever()
