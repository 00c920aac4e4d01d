"""`_ssl` over the host's TLS: the part below Python's own `ssl` module.

The host does the handshake. It trusts the roots of this machine, unless a context names certificates of its
own; a whole bundle of public roots, which many packages bring, is left to the machine too.
"""

import json
import os

PROTOCOL_SSLv23 = PROTOCOL_TLS = 2
PROTOCOL_TLSv1 = 3
PROTOCOL_TLSv1_1 = 4
PROTOCOL_TLSv1_2 = 5
PROTOCOL_TLS_CLIENT = 16
PROTOCOL_TLS_SERVER = 17
PROTO_MINIMUM_SUPPORTED = -2
PROTO_MAXIMUM_SUPPORTED = -1
PROTO_SSLv3 = 768
PROTO_TLSv1 = 769
PROTO_TLSv1_1 = 770
PROTO_TLSv1_2 = 771
PROTO_TLSv1_3 = 772
CERT_NONE = 0
CERT_OPTIONAL = 1
CERT_REQUIRED = 2
VERIFY_DEFAULT = 0
VERIFY_CRL_CHECK_LEAF = 4
VERIFY_CRL_CHECK_CHAIN = 12
VERIFY_X509_STRICT = 32
VERIFY_ALLOW_PROXY_CERTS = 64
VERIFY_X509_TRUSTED_FIRST = 32768
VERIFY_X509_PARTIAL_CHAIN = 524288
OP_ALL = 0x80000050
OP_NO_SSLv2 = 0
OP_NO_SSLv3 = 0x2000000
OP_NO_TLSv1 = 0x4000000
OP_NO_TLSv1_1 = 0x10000000
OP_NO_TLSv1_2 = 0x8000000
OP_NO_TLSv1_3 = 0x20000000
OP_NO_COMPRESSION = 0x20000
OP_NO_TICKET = 0x4000
OP_NO_RENEGOTIATION = 0x40000000
OP_CIPHER_SERVER_PREFERENCE = 0x400000
OP_SINGLE_DH_USE = 0
OP_SINGLE_ECDH_USE = 0
OP_ENABLE_MIDDLEBOX_COMPAT = 0x100000
OP_IGNORE_UNEXPECTED_EOF = 0x80
OP_LEGACY_SERVER_CONNECT = 4
SSL_ERROR_NONE = 0
SSL_ERROR_SSL = 1
SSL_ERROR_WANT_READ = 2
SSL_ERROR_WANT_WRITE = 3
SSL_ERROR_WANT_X509_LOOKUP = 4
SSL_ERROR_SYSCALL = 5
SSL_ERROR_ZERO_RETURN = 6
SSL_ERROR_WANT_CONNECT = 7
SSL_ERROR_EOF = 8
SSL_ERROR_INVALID_ERROR_CODE = 10
ALERT_DESCRIPTION_CLOSE_NOTIFY = 0
ALERT_DESCRIPTION_HANDSHAKE_FAILURE = 40
ALERT_DESCRIPTION_BAD_CERTIFICATE = 42
ALERT_DESCRIPTION_CERTIFICATE_EXPIRED = 45
ALERT_DESCRIPTION_UNKNOWN_CA = 48
ALERT_DESCRIPTION_INTERNAL_ERROR = 80
HOSTFLAG_NEVER_CHECK_SUBJECT = 32
HAS_SNI = HAS_ECDH = HAS_ALPN = HAS_TLSv1_2 = HAS_TLSv1_3 = True
HAS_NPN = HAS_SSLv2 = HAS_SSLv3 = HAS_TLSv1 = HAS_TLSv1_1 = HAS_PSK = HAS_PHA = False
HAS_PSK_TLS13 = HAS_TLS_UNIQUE = False
ENCODING_PEM = 1
ENCODING_DER = 2

# Libraries compare it with what they need of OpenSSL; the host speaks TLS with rustls.
OPENSSL_VERSION = "OpenSSL 3.0.0 (rustls of Hoist's sandbox)"
OPENSSL_VERSION_INFO = (3, 0, 0, 0, 0)
OPENSSL_VERSION_NUMBER = 0x30000000
_OPENSSL_API_VERSION = OPENSSL_VERSION_INFO
_DEFAULT_CIPHERS = "DEFAULT"


class SSLError(OSError):
    library = None
    reason = None


class SSLZeroReturnError(SSLError):
    pass


class SSLWantReadError(SSLError):
    pass


class SSLWantWriteError(SSLError):
    pass


class SSLSyscallError(SSLError):
    pass


class SSLEOFError(SSLError):
    pass


class SSLCertVerificationError(SSLError, ValueError):
    verify_code = 0
    verify_message = ""


class SSLSession:
    pass


class MemoryBIO:
    def __init__(self):
        raise NotImplementedError("Hoist's sandbox has TLS over its own connections only")


class Certificate:
    pass


class _Members:
    """Properties of a context, which `ssl` reads and writes through its base class."""

    def __init__(self, **values):
        self.__dict__.update(values)


def _member(name):
    return property(
        lambda context: getattr(context._members, name),
        lambda context, value: setattr(context._members, name, value),
    )


# More than that are a bundle of public roots.
_MOST_OWN_ROOTS = 20


def _read(path):
    with open(path) as file:
        return file.read()


class _SSLContext:
    def __new__(cls, protocol):
        context = object.__new__(cls)
        is_client = protocol == PROTOCOL_TLS_CLIENT
        context._members = _Members(
            options=OP_ALL | OP_NO_SSLv3,
            verify_flags=VERIFY_X509_TRUSTED_FIRST,
            verify_mode=CERT_REQUIRED if is_client else CERT_NONE,
            check_hostname=is_client,
            minimum_version=PROTO_TLSv1_2,
            maximum_version=PROTO_MAXIMUM_SUPPORTED,
            post_handshake_auth=False,
            keylog_filename=None,
            security_level=2,
            sni_callback=None,
            num_tickets=2,
            _host_flags=0,
            _msg_callback=None,
            protocol=protocol,
            roots=[],
            chain=None,
        )
        return context

    options = _member("options")
    verify_flags = _member("verify_flags")
    minimum_version = _member("minimum_version")
    maximum_version = _member("maximum_version")
    post_handshake_auth = _member("post_handshake_auth")
    keylog_filename = _member("keylog_filename")
    security_level = _member("security_level")
    sni_callback = _member("sni_callback")
    num_tickets = _member("num_tickets")
    _host_flags = _member("_host_flags")
    _msg_callback = _member("_msg_callback")

    @property
    def protocol(self):
        return self._members.protocol

    @property
    def verify_mode(self):
        return self._members.verify_mode

    @verify_mode.setter
    def verify_mode(self, value):
        if value == CERT_NONE and self.check_hostname:
            raise ValueError("Cannot set verify_mode to CERT_NONE when check_hostname is enabled.")
        self._members.verify_mode = value

    @property
    def check_hostname(self):
        return self._members.check_hostname

    @check_hostname.setter
    def check_hostname(self, value):
        if value and self._members.verify_mode == CERT_NONE:
            self._members.verify_mode = CERT_REQUIRED
        self._members.check_hostname = bool(value)

    def _ignore(self, *arguments, **options):
        """The host decides this by itself."""

    set_ciphers = set_default_verify_paths = _ignore
    _set_alpn_protocols = set_ecdh_curve = load_dh_params = _ignore

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        if cafile is None and capath is None and cadata is None:
            raise TypeError("cafile, capath and cadata cannot be all omitted")
        text = _read(cafile) if cafile is not None else ""
        if isinstance(cadata, str):
            text += cadata
        elif cadata is not None:
            raise SSLError("Hoist's sandbox takes certificates as text (PEM)")
        if 0 < text.count("-----BEGIN CERTIFICATE-----") <= _MOST_OWN_ROOTS:
            self._members.roots.append(text)

    def load_cert_chain(self, certfile, keyfile=None, password=None):
        self._members.chain = (_read(certfile), _read(keyfile or certfile))

    def get_ciphers(self):
        return []

    def get_ca_certs(self, binary_form=False):
        return []

    def cert_store_stats(self):
        return {"x509": 0, "crl": 0, "x509_ca": 0}

    def session_stats(self):
        return {}

    def _wrap_socket(self, sock, server_side, server_hostname=None, *, owner=None, session=None):
        if server_side:
            raise SSLError("Hoist's sandbox only makes connections, it takes none")
        return _SSLSocket(self, sock, server_hostname)

    def _wrap_bio(self, *arguments, **options):
        raise NotImplementedError("Hoist's sandbox has TLS over its own connections only")


class _SSLSocket:
    server_side = False
    session = None
    session_reused = False

    def __init__(self, context, sock, server_hostname):
        self.context = context
        self.server_hostname = server_hostname
        self._socket = sock

    def _name(self):
        return self.server_hostname or str(self._socket._open().peer[0])

    def _trust(self):
        """The context as the host reads it."""
        members = self.context._members
        trust = {"servername": self._name(), "unverified": members.verify_mode == CERT_NONE}
        if members.roots:
            trust["ca"] = members.roots
        if members.chain is not None:
            trust["cert"], trust["key"] = members.chain
        return json.dumps(trust)

    def do_handshake(self):
        connection = self._socket._open()
        if connection.is_tls:
            return
        try:
            connection.upgrade(self._trust(), self._socket._limit())
        except ConnectionError as fault:
            text = str(fault)
            if "timed-out" in text:
                raise TimeoutError("_ssl.c: The handshake operation timed out") from None
            if "certificate" in text:
                raise SSLCertVerificationError(
                    SSL_ERROR_SSL, f"[SSL: CERTIFICATE_VERIFY_FAILED] {text}"
                ) from None
            raise SSLError(SSL_ERROR_SSL, f"[SSL] {text}") from None

    def read(self, length, buffer=None):
        data = self._socket._open().read(length, self._socket._limit()) if length else b""
        if buffer is None:
            return data
        memoryview(buffer).cast("B")[: len(data)] = data
        return len(data)

    def write(self, data):
        return self._socket._open().write(bytes(data), self._socket._limit())

    def pending(self):
        return 0

    def shutdown(self):
        return self._socket

    def version(self):
        return "TLSv1.3"

    def cipher(self):
        return ("TLS_AES_256_GCM_SHA384", "TLSv1.3", 256)

    def shared_ciphers(self):
        return None

    def compression(self):
        return None

    def selected_alpn_protocol(self):
        return None

    def getpeercert(self, binary_form=False):
        """What the host has verified: that the other side is who it was asked to be."""
        if binary_form:
            return b""
        host = self._name()
        kind = "IP Address" if host.replace(".", "").isdigit() or ":" in host else "DNS"
        return {"subject": ((("commonName", host),),), "subjectAltName": ((kind, host),)}

    def get_verified_chain(self):
        return []

    get_unverified_chain = get_verified_chain

    def get_channel_binding(self, kind):
        return None


def RAND_status():
    return True


def RAND_add(data, entropy):
    pass


def RAND_bytes(length):
    return os.urandom(length)


_OBJECTS = {
    "1.3.6.1.5.5.7.3.1": (129, "serverAuth", "TLS Web Server Authentication"),
    "1.3.6.1.5.5.7.3.2": (130, "clientAuth", "TLS Web Client Authentication"),
}


def txt2obj(text, name=False):
    for oid, (number, short, long) in _OBJECTS.items():
        if text == oid or (name and text in (short, long)):
            return number, short, long, oid
    raise ValueError(f"unknown object '{text}'")


def nid2obj(number):
    for oid, (nid, short, long) in _OBJECTS.items():
        if nid == number:
            return nid, short, long, oid
    raise ValueError(f"unknown NID {number}")


def get_default_verify_paths():
    return ("SSL_CERT_FILE", "/etc/pki/tls/cert.pem", "SSL_CERT_DIR", "/etc/pki/tls/certs")


def _test_decode_cert(path):
    raise NotImplementedError("Hoist's sandbox does not decode certificates")
