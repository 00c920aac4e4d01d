//! Why a connection failed, in the words of Node's errors.

use std::io;
use std::net::IpAddr;

use serde::Serialize;
use tokio_rustls::rustls::{CertificateError, Error as TlsError};

use super::Refused;

/// What went wrong with a connection: the members of an error of Node's. Numbers are Linux's, as the guest's
/// system is one.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Fault {
    /// `ECONNREFUSED`, `ENOTFOUND`, …
    pub code: &'static str,
    /// The negative number of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<i32>,
    /// `connect`, `read`, `getaddrinfo`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syscall: Option<&'static str>,
    /// The name that was not found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<Box<str>>,
    /// The address that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// Its port.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The text.
    pub message: Box<str>,
    /// One fault for each address, when there were several.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub attempts: Box<[Fault]>,
}

impl Fault {
    /// A fault that has a code and a text only.
    pub fn new(code: &'static str, message: impl Into<Box<str>>) -> Self {
        Fault {
            code,
            errno: None,
            syscall: None,
            hostname: None,
            address: None,
            port: None,
            message: message.into(),
            attempts: Box::default(),
        }
    }

    /// What the policy does not allow.
    pub fn refused(refused: &Refused) -> Self {
        Fault::new("ERR_ACCESS_DENIED", refused.to_string())
    }

    /// The other side ended the connection before it answered.
    pub fn hang_up() -> Self {
        Fault::new("ECONNRESET", "socket hang up")
    }

    /// An error of the system while `syscall` was under way.
    pub fn of_system(error: &io::Error, syscall: &'static str) -> Self {
        let (code, errno) = system_code(error.kind());
        Fault {
            errno: Some(errno),
            syscall: Some(syscall),
            ..Fault::new(code, format!("{syscall} {code}"))
        }
    }

    /// An error of the system while connecting to an address.
    pub fn of_connect(error: &io::Error, address: std::net::SocketAddr) -> Self {
        let fault = Fault::of_system(error, "connect");
        Fault {
            message: format!("{} {}:{}", fault.message, address.ip(), address.port()).into(),
            address: Some(address.ip()),
            port: Some(address.port()),
            ..fault
        }
    }

    /// A name that has no address.
    pub fn of_lookup(error: &io::Error, hostname: &str) -> Self {
        // The resolver's own number is not kept by the standard library, its text is.
        let text = error.to_string();
        let (code, errno) = if text.contains("emporary failure") {
            ("EAI_AGAIN", -3001)
        } else {
            ("ENOTFOUND", -3008)
        };
        Fault {
            errno: Some(errno),
            syscall: Some("getaddrinfo"),
            hostname: Some(hostname.into()),
            ..Fault::new(code, format!("getaddrinfo {code} {hostname}"))
        }
    }

    /// A handshake that failed.
    pub fn of_handshake(error: &io::Error, host: &str) -> Self {
        match error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<TlsError>())
        {
            Some(TlsError::InvalidCertificate(error)) => certificate(error, host),
            // The words of OpenSSL for a server that speaks no TLS, which libraries look for.
            Some(error @ TlsError::InvalidMessage(_)) => Fault {
                errno: Some(-71),
                syscall: Some("write"),
                ..Fault::new(
                    "EPROTO",
                    format!(
                        "write EPROTO SSL routines:ssl3_get_record:wrong version number ({error})"
                    ),
                )
            },
            Some(error) => Fault {
                errno: Some(-71),
                syscall: Some("write"),
                ..Fault::new("EPROTO", format!("write EPROTO {error}"))
            },
            None if error.kind() == io::ErrorKind::UnexpectedEof => Fault::new(
                "ECONNRESET",
                "Client network socket disconnected before secure TLS connection was established",
            ),
            None => Fault::of_system(error, "read"),
        }
    }

    /// The fault as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn certificate(error: &CertificateError, host: &str) -> Fault {
    use CertificateError as Error;
    match error {
        Error::Expired | Error::ExpiredContext { .. } => {
            Fault::new("CERT_HAS_EXPIRED", "certificate has expired")
        }
        Error::NotValidYet | Error::NotValidYetContext { .. } => {
            Fault::new("CERT_NOT_YET_VALID", "certificate is not yet valid")
        }
        Error::Revoked => Fault::new("CERT_REVOKED", "certificate revoked"),
        Error::NotValidForName | Error::NotValidForNameContext { .. } => Fault::new(
            "ERR_TLS_CERT_ALTNAME_INVALID",
            format!(
                "Hostname/IP does not match certificate's altnames: Host: {host}. is not in the cert's altnames"
            ),
        ),
        Error::BadSignature => {
            Fault::new("CERT_SIGNATURE_FAILURE", "certificate signature failure")
        }
        Error::UnknownIssuer => Fault::new(
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            "unable to verify the first certificate",
        ),
        // The usual certificate of a server on the developer's machine is its own authority.
        error if format!("{error:?}").contains("CaUsedAsEndEntity") => {
            Fault::new("DEPTH_ZERO_SELF_SIGNED_CERT", "self-signed certificate")
        }
        error => Fault::new("CERT_REJECTED", format!("certificate rejected: {error}")),
    }
}

fn system_code(kind: io::ErrorKind) -> (&'static str, i32) {
    use io::ErrorKind as Kind;
    match kind {
        Kind::ConnectionRefused => ("ECONNREFUSED", -111),
        Kind::ConnectionReset | Kind::UnexpectedEof => ("ECONNRESET", -104),
        Kind::ConnectionAborted => ("ECONNABORTED", -103),
        Kind::TimedOut => ("ETIMEDOUT", -110),
        Kind::HostUnreachable => ("EHOSTUNREACH", -113),
        Kind::NetworkUnreachable => ("ENETUNREACH", -101),
        Kind::AddrNotAvailable => ("EADDRNOTAVAIL", -99),
        Kind::BrokenPipe => ("EPIPE", -32),
        Kind::PermissionDenied => ("EACCES", -13),
        _ => ("EIO", -5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_connection_names_its_address() {
        let error = io::Error::from(io::ErrorKind::ConnectionRefused);
        let fault = Fault::of_connect(&error, "127.0.0.1:9".parse().unwrap());
        assert_eq!(&*fault.message, "connect ECONNREFUSED 127.0.0.1:9");
        assert_eq!((fault.errno, fault.port), (Some(-111), Some(9)));
    }

    #[test]
    fn a_name_without_an_address_is_not_found() {
        let error =
            io::Error::other("failed to lookup address information: Name or service not known");
        let fault = Fault::of_lookup(&error, "nowhere.test");
        assert_eq!(&*fault.message, "getaddrinfo ENOTFOUND nowhere.test");
        let error = io::Error::other(
            "failed to lookup address information: Temporary failure in name resolution",
        );
        assert_eq!(Fault::of_lookup(&error, "a").code, "EAI_AGAIN");
    }

    #[test]
    fn certificates_fail_with_the_codes_of_openssl() {
        let of = |error| {
            let error = io::Error::other(TlsError::InvalidCertificate(error));
            Fault::of_handshake(&error, "h").code
        };
        assert_eq!(of(CertificateError::Expired), "CERT_HAS_EXPIRED");
        assert_eq!(
            of(CertificateError::UnknownIssuer),
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE"
        );
        assert_eq!(
            of(CertificateError::NotValidForName),
            "ERR_TLS_CERT_ALTNAME_INVALID"
        );
    }
}
