"""`_socket` over the host's connections: the part below Python's own `socket` module.

A connection has a number that stands for a file descriptor. Nothing else knows that number; it only lets a
socket be taken over, as `ssl` does. Names are resolved by the host, when a connection is made.
"""

import errno

import _eryx

AF_UNSPEC = 0
AF_UNIX = 1
AF_INET = 2
AF_INET6 = 10
SOCK_STREAM = 1
SOCK_DGRAM = 2
SOCK_RAW = 3
SOCK_NONBLOCK = 2048
SOCK_CLOEXEC = 524288
IPPROTO_IP = 0
IPPROTO_TCP = 6
IPPROTO_UDP = 17
IPPROTO_IPV6 = 41
SOL_SOCKET = 1
SOL_TCP = 6
SO_DEBUG = 1
SO_REUSEADDR = 2
SO_TYPE = 3
SO_ERROR = 4
SO_SNDBUF = 7
SO_RCVBUF = 8
SO_KEEPALIVE = 9
SO_LINGER = 13
SO_REUSEPORT = 15
TCP_NODELAY = 1
TCP_KEEPIDLE = 4
TCP_KEEPINTVL = 5
TCP_KEEPCNT = 6
TCP_USER_TIMEOUT = 18
MSG_OOB = 1
MSG_PEEK = 2
MSG_DONTWAIT = 64
MSG_NOSIGNAL = 16384
SHUT_RD = 0
SHUT_WR = 1
SHUT_RDWR = 2
SOMAXCONN = 4096
INADDR_ANY = 0
INADDR_LOOPBACK = 0x7F000001
AI_PASSIVE = 1
AI_CANONNAME = 2
AI_NUMERICHOST = 4
AI_ADDRCONFIG = 32
AI_NUMERICSERV = 1024
NI_NUMERICHOST = 1
NI_NUMERICSERV = 2
EAI_NONAME = -2
EAI_AGAIN = -3
EAI_FAIL = -4
EAI_FAMILY = -6
EAI_SERVICE = -8

has_ipv6 = True
error = OSError
timeout = TimeoutError


class herror(OSError):
    pass


class gaierror(OSError):
    pass


_default_timeout = None
_connections = {}
_first_number = 1 << 16


class _Connection:
    """One connection of the host."""

    def __init__(self, handle, peer):
        self.handle = handle
        self.peer = peer
        self.is_tls = False
        self.number = max(_connections, default=_first_number) + 1
        _connections[self.number] = self

    def read(self, length, limit):
        call = _eryx._eryx_tls_read if self.is_tls else _eryx._eryx_tcp_read
        return bytes(_value(call(self.handle, length, limit)))

    def write(self, data, limit):
        call = _eryx._eryx_tls_write if self.is_tls else _eryx._eryx_tcp_write
        return _value(call(self.handle, data, limit))

    def upgrade(self, host, limit):
        """Speaks TLS from here on; what goes wrong is raised as text."""
        fault, value = _eryx._eryx_tls_upgrade(self.handle, host, limit)
        if fault:
            self.close()
            raise ConnectionError(str(value))
        self.handle = value
        self.is_tls = True

    def close(self):
        if _connections.pop(self.number, None) is not None:
            close = _eryx._eryx_tls_close if self.is_tls else _eryx._eryx_tcp_close
            close(self.handle)


def _value(result):
    """What a call of the host gave, or its fault as the system would raise it."""
    fault, value = result
    if not fault:
        return value
    text = str(value)
    kind, _, detail = text.partition(":")
    if "connection-refused" in kind:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    if "connection-reset" in kind:
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    if "timed-out" in kind:
        raise TimeoutError("timed out")
    if "host-not-found" in kind:
        raise gaierror(EAI_NONAME, "Name or service not known")
    if "invalid-handle" in kind:
        raise OSError(errno.EBADF, "Bad file descriptor")
    if "not-permitted" in kind:
        raise PermissionError(errno.EACCES, detail.strip() or text)
    raise OSError(errno.EIO, text)


class socket:
    """A client's TCP socket."""

    __slots__ = ("_connection", "_family", "_type", "proto", "_timeout")

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._connection = None
        self._family = AF_INET if family == -1 else family
        self._type = SOCK_STREAM if type == -1 else type
        self.proto = 0 if proto == -1 else proto
        self._timeout = _default_timeout
        if fileno is not None:
            if fileno not in _connections:
                raise OSError(errno.EBADF, "Bad file descriptor")
            self._connection = _connections[fileno]
        elif self._type & 0xF != SOCK_STREAM or self._family not in (AF_INET, AF_INET6):
            raise OSError(
                errno.EPROTONOSUPPORT, "Hoist's sandbox has sockets for TCP connections only"
            )

    @property
    def family(self):
        return self._family

    @property
    def type(self):
        return self._type

    @property
    def timeout(self):
        return self._timeout

    def settimeout(self, value):
        if value is not None and value < 0:
            raise ValueError("Timeout value out of range")
        self._timeout = value

    def gettimeout(self):
        return self._timeout

    def setblocking(self, flag):
        self._timeout = None if flag else 0.0

    def getblocking(self):
        return self._timeout != 0.0

    def _limit(self):
        """Milliseconds for the host: 0 waits as long as it takes."""
        return max(1, int(self._timeout * 1000)) if self._timeout else 0

    def _open(self):
        if self._connection is None:
            raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")
        return self._connection

    def connect(self, address):
        if self._connection is not None:
            raise OSError(errno.EISCONN, "Transport endpoint is already connected")
        host, port = address[:2]
        handle = _value(_eryx._eryx_tcp_connect(str(host), int(port), self._limit()))
        self._connection = _Connection(handle, tuple(address))

    def connect_ex(self, address):
        try:
            self.connect(address)
        except OSError as fault:
            return fault.errno or errno.EIO
        return 0

    def recv(self, length, flags=0):
        return self._open().read(length, self._limit()) if length else b""

    def recv_into(self, buffer, length=0, flags=0):
        view = memoryview(buffer).cast("B")
        data = self.recv(length or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def recvfrom(self, length, flags=0):
        return self.recv(length, flags), self.getpeername()

    def recvfrom_into(self, buffer, length=0, flags=0):
        return self.recv_into(buffer, length, flags), self.getpeername()

    def send(self, data, flags=0):
        return self._open().write(bytes(data), self._limit())

    def sendall(self, data, flags=0):
        data = memoryview(data).cast("B")
        while data:
            data = data[self.send(data, flags) :]

    def getpeername(self):
        return self._open().peer

    def getsockname(self):
        return ("127.0.0.1", 0)

    def getsockopt(self, level, option, length=None):
        value = self._type & 0xF if (level, option) == (SOL_SOCKET, SO_TYPE) else 0
        return value if length is None else value.to_bytes(length, "little")

    def setsockopt(self, *option):
        pass

    def fileno(self):
        return -1 if self._connection is None else self._connection.number

    def detach(self):
        number = self.fileno()
        self._connection = None
        return number

    def shutdown(self, how):
        self._open()

    def close(self):
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _serves(self, *arguments):
        raise OSError(errno.EACCES, "Hoist's sandbox only makes connections, it takes none")

    bind = listen = _accept = _serves

    def sendto(self, *arguments):
        raise OSError(errno.EOPNOTSUPP, "Hoist's sandbox has sockets for TCP connections only")

    def __del__(self):
        self.close()


SocketType = socket


def close(number):
    if number not in _connections:
        raise OSError(errno.EBADF, "Bad file descriptor")
    _connections[number].close()


def dup(number):
    raise OSError(errno.EOPNOTSUPP, "Hoist's sandbox has no second name for a connection")


def getdefaulttimeout():
    return _default_timeout


def setdefaulttimeout(value):
    global _default_timeout
    _default_timeout = value


_SERVICES = {"ftp": 21, "ssh": 22, "smtp": 25, "domain": 53, "http": 80, "https": 443}


def getservbyname(name, protocol=None):
    if name not in _SERVICES:
        raise OSError("service/proto not found")
    return _SERVICES[name]


def getservbyport(port, protocol=None):
    for name, number in _SERVICES.items():
        if number == port:
            return name
    raise OSError("port/proto not found")


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    """One result: the name as it is, because the host resolves it when the connection is made."""
    if isinstance(host, bytes):
        host = host.decode("ascii")
    if host is None:
        host = "127.0.0.1"
    if port is None:
        port = 0
    elif isinstance(port, (str, bytes)):
        text = port.decode("ascii") if isinstance(port, bytes) else port
        port = int(text) if text.isdigit() else _SERVICES.get(text)
        if port is None:
            raise gaierror(EAI_SERVICE, "Servname not supported for ai_socktype")
    if type not in (0, SOCK_STREAM):
        raise gaierror(EAI_FAMILY, "Hoist's sandbox has sockets for TCP connections only")
    if ":" in host:
        address = (host.strip("[]"), port, 0, 0)
        return [(AF_INET6, SOCK_STREAM, IPPROTO_TCP, "", address)]
    return [(AF_INET, SOCK_STREAM, IPPROTO_TCP, "", (host, port))]


def getnameinfo(address, flags):
    return str(address[0]), str(address[1])


def gethostname():
    return "localhost"


def gethostbyname(name):
    return "127.0.0.1" if name in ("", "localhost") else name


def gethostbyname_ex(name):
    return name, [], [gethostbyname(name)]


def gethostbyaddr(address):
    return address, [], [address]


def inet_aton(text):
    parts = text.split(".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise OSError("illegal IP address string passed to inet_aton")
    return bytes(map(int, parts))


def inet_ntoa(data):
    if len(data) != 4:
        raise OSError("packed IP wrong length")
    return ".".join(map(str, data))


def inet_pton(family, text):
    import ipaddress

    kind = ipaddress.IPv6Address if family == AF_INET6 else ipaddress.IPv4Address
    try:
        return kind(text).packed
    except ValueError:
        raise OSError("illegal IP address string passed to inet_pton") from None


def inet_ntop(family, data):
    import ipaddress

    return str(ipaddress.ip_address(bytes(data)))


def htons(value):
    return int.from_bytes(value.to_bytes(2, "big"), "little")


def htonl(value):
    return int.from_bytes(value.to_bytes(4, "big"), "little")


ntohs = htons
ntohl = htonl
