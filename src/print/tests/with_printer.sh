#!/bin/sh
# Runs a command beside real IPP printers that nobody else can see.
#
#   with_printer.sh DIRECTORY COMMAND…
#
# ippeveprinter announces itself over DNS-SD, so it needs D-Bus and Avahi. They run here in
# namespaces of their own (the caller enters them with unshare): own network, own /run, own
# processes, so that nothing meets the machine's services or outlives the command.
#
# Three printers: 18631 prints PDF and keeps what it prints in DIRECTORY/spool; 18632 reports
# an empty tray after its first job; 18633 prints no PDF.
set -eu
here=$1
shift

ip link set lo up
mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/avahi-daemon "$here/spool" "$here/empty"

# The system's own configuration would change to another user, which is impossible in a user
# namespace with one user.
cat >"$here/dbus.conf" <<'CONF'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true"/>
    <allow receive_type="method_call"/>
    <allow receive_type="signal"/>
    <allow receive_requested_reply="true"/>
  </policy>
</busconfig>
CONF
cat >"$here/avahi.conf" <<'CONF'
[server]
use-ipv6=no
allow-interfaces=lo
[rlimits]
CONF
cat >"$here/empty-tray" <<'PRINT'
#!/bin/sh
echo "STATE: +media-empty" >&2
PRINT
chmod +x "$here/empty-tray"

# Avahi gives its directory to a user of its own, and a user namespace may have root alone. Here
# that user is root.
sed 's/^avahi:x:[0-9]*:[0-9]*:/avahi:x:0:0:/' /etc/passwd >"$here/passwd"
sed 's/^avahi:x:[0-9]*:/avahi:x:0:/' /etc/group >"$here/group"
mount --bind "$here/passwd" /etc/passwd
mount --bind "$here/group" /etc/group

dbus-daemon --config-file="$here/dbus.conf" --nofork >"$here/dbus.log" 2>&1 &
for _ in $(seq 50); do [ -S /run/dbus/system_bus_socket ] && break; sleep 0.1; done
avahi-daemon -f "$here/avahi.conf" --no-drop-root --no-chroot --no-rlimits >"$here/avahi.log" 2>&1 &
for _ in $(seq 50); do [ -S /run/avahi-daemon/socket ] && break; sleep 0.1; done

printer() {
    name=$1
    shift
    ippeveprinter -n localhost "$@" "$name" >"$here/$name.log" 2>&1 &
}
printer keeps -p 18631 -k -d "$here/spool" -f application/pdf,image/pwg-raster
export ANBAN_PRINTER_PID=$!
printer grumbles -p 18632 -d "$here/empty" -f application/pdf -c "$here/empty-tray"
printer raster -p 18633 -d "$here/empty" -f image/pwg-raster

"$@"
