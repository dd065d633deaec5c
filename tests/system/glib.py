"""What GLib makes of desktop entries: the reader most desktops and browsers use. Run as a script.

glib.py launch ENTRY LINK   start an entry with a link
glib.py default             print the id of the entry that opens xmpp: links
"""

import ctypes
import sys

gio = ctypes.CDLL("libgio-2.0.so.0")
glib = ctypes.CDLL("libglib-2.0.so.0")
for function in (
    gio.g_desktop_app_info_new_from_filename,
    gio.g_app_info_get_default_for_uri_scheme,
    glib.g_list_append,
):
    function.restype = ctypes.c_void_p
gio.g_app_info_get_id.restype = ctypes.c_char_p


def launch(entry, link):
    info = gio.g_desktop_app_info_new_from_filename(entry.encode())
    if not info:
        sys.exit("GLib does not accept this entry")
    text = ctypes.create_string_buffer(link.encode())  # kept alive: the list only points to it
    links = glib.g_list_append(None, text)
    error = ctypes.c_void_p()
    arguments = (ctypes.c_void_p(info), ctypes.c_void_p(links), None, ctypes.byref(error))
    if not gio.g_app_info_launch_uris(*arguments):
        sys.exit("GLib could not start it")


def default():
    info = gio.g_app_info_get_default_for_uri_scheme(b"xmpp")
    sys.stdout.write(gio.g_app_info_get_id(ctypes.c_void_p(info)).decode() if info else "")


if __name__ == "__main__":
    {"launch": launch, "default": default}[sys.argv[1]](*sys.argv[2:])
