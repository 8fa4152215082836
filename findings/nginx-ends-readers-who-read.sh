#!/usr/bin/env bash
# nginx 1.22.1-9+deb12u11 (Debian 12), Linux 6: send_timeout ends readers who read all the time.
#
# Its manual: "If the client does not receive anything within this time, the connection is closed."
# Seen: a reader who takes 500 bytes every quarter of a second, never pausing, is cut off. nginx
# only starts its clock anew when it can write again, and the kernel lets it write again only once
# about a third of the send buffer is free; that buffer grows to 4 MB (net.ipv4.tcp_wmem). With
# everything as it comes (60 s), a reader of 2 kB/s got 3,922,432 of 8,000,241 bytes, under status
# 200. Here send_timeout is 10 s so that it shows within a minute:
#
#   send_timeout 10s:                cut off, 2 kB/s reader got less than the file
#   send_timeout 10m, sndbuf=256k:   still being served after a minute
#
# Why it matters: rural lines and a full wireless cell give 2 kB/s for minutes, and a file that ends
# short looks like a broken file of ours. A small sndbuf alone does not help, nor does a long
# timeout at 4 MB; together they do.
set -euo pipefail
folder=$(mktemp -d)
nginx_id=
cleanup() { [ -z "$nginx_id" ] || kill "$nginx_id" 2>/dev/null || true; rm -rf "$folder"; }
trap cleanup EXIT
cd "$folder"
apt-get download -q nginx=1.22.1-9+deb12u11 >/dev/null 2>&1
dpkg-deb -x nginx_*.deb root
head -c 8000000 /dev/zero >file
cat >nginx.conf <<END
daemon off; pid $folder/pid; error_log $folder/error.log; worker_processes 1;
$([ "$(id -u)" -ne 0 ] || echo "user root;")
events {}
http {
    access_log off; sendfile on; root $folder;
    client_body_temp_path $folder/a; proxy_temp_path $folder/b; fastcgi_temp_path $folder/c;
    uwsgi_temp_path $folder/d; scgi_temp_path $folder/e;
    server { listen 127.0.0.1:28191; send_timeout 10s; }
    server { listen 127.0.0.1:28192 sndbuf=256k; send_timeout 10m; }
}
END
root/usr/sbin/nginx -e "$folder/error.log" -c "$folder/nginx.conf" &
nginx_id=$!
sleep 2
python3 - <<'END'
import socket, threading, time

ended = {}

def read(port):
    reader = socket.create_connection(("127.0.0.1", port))
    reader.sendall(b"GET /file HTTP/1.0\r\n\r\n")
    time_up = time.monotonic() + 60
    while time.monotonic() < time_up:  # 2 kB/s, without a pause
        assert reader.recv(500)
        time.sleep(0.25)
    taken = 240 * 500
    while part := reader.recv(1 << 16):  # whatever is still to come
        taken += len(part)
    ended[port] = taken

threads = [threading.Thread(target=read, args=(port,)) for port in (28191, 28192)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(f"send_timeout 10s: about {ended[28191]:,} bytes; 10m and sndbuf=256k: about {ended[28192]:,}")
assert ended[28191] < 6_000_000, "readers are no longer cut off"
assert ended[28192] > 7_900_000, "the remedy no longer helps"
END
