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
# an empty tray after its first job; 18633 prints no PDF but raster pages, and keeps
# those in DIRECTORY/sheets. A receipt printer is announced at 9100.
#
# With ANBAN_PRINT_TEST_CUPS cupsd runs too, at its usual socket and at 8631, with four queues:
# `keeps` writes what it prints to /run/queue, `empty`, `open` and `away` report that and stop.
set -eu
here=$1
shift

ip link set lo up
# A network with one machine on it, to announce things on.
ip link add anban0 type veth peer name anban1
ip address add 192.0.2.7/24 dev anban0
ip link set anban0 up
ip link set anban1 up
mount -t tmpfs tmpfs /run
mkdir -p /run/dbus /run/avahi-daemon "$here/spool" "$here/empty" "$here/sheets"

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
allow-interfaces=anban0
host-name=anban-test
[rlimits]
CONF
cat >"$here/empty-tray" <<'PRINT'
#!/bin/sh
echo "STATE: +media-empty" >&2
PRINT
chmod +x "$here/empty-tray"

# What Avahi announces of itself is read from here.
mkdir -p "$here/services"
mount --bind "$here/services" /etc/avahi/services
cat >"$here/services/receipt.service" <<'SERVICE'
<service-group>
  <name>收据打印机</name>
  <service>
    <type>_pdl-datastream._tcp</type>
    <port>9100</port>
    <txt-record>ty=Example 80</txt-record>
  </service>
</service-group>
SERVICE

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
    ippeveprinter "$@" "$name" >"$here/$name.log" 2>&1 &
}
printer keeps -p 18631 -k -d "$here/spool" -f application/pdf,image/pwg-raster
export ANBAN_PRINTER_PID=$!
printer grumbles -p 18632 -d "$here/empty" -f application/pdf -c "$here/empty-tray"
printer raster -p 18633 -k -d "$here/sheets" -f image/pwg-raster

queues() {
    top=/run/cups-test
    mkdir -p /run/cups /run/queue "$top/root" "$top/spool/tmp" "$top/cache" "$top/state" "$top/bin"
    ln -s /usr/lib/cups/* "$top/bin"
    rm "$top/bin/backend"
    mkdir "$top/bin/backend"
    cat >"$top/bin/backend/test" <<'BACKEND'
#!/bin/sh
case ${DEVICE_URI-} in
test:/keeps) cat "${6:--}" >"/run/queue/$1.part" && mv "/run/queue/$1.part" "/run/queue/$1" ;;
test:/empty) echo "STATE: +media-empty-error" >&2 && exit 4 ;;
test:/open) echo "STATE: +cover-open-error" >&2 && exit 4 ;;
test:/away) echo "STATE: +offline-report" >&2 && exit 4 ;;
esac
BACKEND
    chmod 755 "$top/bin/backend/test"
    cat >"$top/root/cupsd.conf" <<'CONF'
Listen /run/cups/cups.sock
Listen 127.0.0.1:8631
Browsing No
<Location />
  Order allow,deny
</Location>
<Location /admin>
  Order allow,deny
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
CONF
    cat >"$top/root/cups-files.conf" <<CONF
User lp
Group lp
SystemGroup root
ServerRoot $top/root
ServerBin $top/bin
CacheDir $top/cache
StateDir $top/state
RequestRoot $top/spool
TempDir $top/spool/tmp
ErrorLog stderr
AccessLog /dev/null
PageLog /dev/null
CONF
    chmod 777 /run/queue "$top"/*
    # cupsd gives up being root, which is impossible in a user namespace with one user: there it is
    # that user from the start.
    read -r _ outside _ </proc/self/uid_map
    as_lp=$([ "$outside" = 0 ] || echo unshare --map-user=7 --map-group=7)
    $as_lp cupsd -f -c "$top/root/cupsd.conf" -s "$top/root/cups-files.conf" >"$here/cups.log" 2>&1 &
    for _ in $(seq 100); do lpstat -r | grep -q "is running" && break; sleep 0.1; done
    lpadmin -p keeps -E -v test:/keeps -m raw -D 大厅打印机 -L 一楼
    lpadmin -p empty -E -v test:/empty -m raw
    lpadmin -p open -E -v test:/open -m raw
    lpadmin -p away -E -v test:/away -m raw
    lpadmin -d keeps
}
if [ -n "${ANBAN_PRINT_TEST_CUPS-}" ]; then queues; fi

"$@"
