-- A private Prosody for tests and for the demonstration. Words between @ are filled in by prosody.py.

pidfile = "@FOLDER@/prosody.pid"
data_path = "@FOLDER@/data"
certificates = "@FOLDER@/certs"
plugin_paths = {}
log = { debug = "@FOLDER@/prosody.log" }

interfaces = { "127.0.0.1" }
c2s_ports = { @STARTTLS@ }
c2s_direct_tls_ports = { @DIRECT_TLS@ }
http_ports = { @HTTP@ }
http_interfaces = { "127.0.0.1" }
https_ports = {}

modules_enabled = {
	"roster", "saslauth", "tls", "disco", "posix",
	"carbons", "mam", "smacks", "pep", "blocklist", "vcard",
	"csi", "ping", "register", "time", "version",
}
modules_disabled = { "s2s" } -- all hosts are here; nothing leaves this machine

storage = "internal"
authentication = "internal_hashed"
c2s_require_encryption = true
allow_registration = false
default_archive_policy = true
archive_expires_after = "never"
smacks_hibernation_time = @HIBERNATION@

-- Without invitations
VirtualHost "montague.test"

-- With invitations, which users may make
VirtualHost "capulet.test"
	modules_enabled = { "invites", "invites_adhoc", "invites_register" }
	allow_user_invites = true
	allow_registration = true
	admins = { "escalus@capulet.test" } -- may invite people to create accounts

-- With invitations as Prosody is set up by default: tokens of the server do not create accounts
VirtualHost "verona.test"
	modules_enabled = { "invites", "invites_adhoc", "invites_register" }
	allow_registration = true

Component "rooms.verona.test" "muc"
	modules_enabled = { "muc_mam" }

Component "files.verona.test" "http_file_share"
	http_host = "127.0.0.1"
