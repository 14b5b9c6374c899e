//! Why a handshake failed, for the log.

use std::io;

use tokio_rustls::rustls::{AlertDescription, CertificateError, Error};

use crate::sources::tcp::End;

/// Tells what a client did wrong.
pub(super) fn of(error: io::Error) -> End {
    let reason = match error.get_ref().and_then(|error| error.downcast_ref::<Error>()) {
        None if error.kind() == io::ErrorKind::UnexpectedEof => return End::CutHandshake,
        None => return End::Failed(error),
        Some(Error::InvalidMessage(_)) => return End::NoTls,
        Some(Error::NoCertificatesPresented) => "the client showed no certificate, and --tls-client-ca asks for one".to_owned(),
        Some(Error::InvalidCertificate(reason)) => certificate(reason),
        Some(Error::AlertReceived(alert)) => refused(*alert),
        Some(error) => error.to_string(),
    };
    End::Handshake(reason)
}

fn certificate(reason: &CertificateError) -> String {
    match reason {
        CertificateError::UnknownIssuer => "the certificate of the client is of no authority in the file of --tls-client-ca".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "the certificate of the client has expired".to_owned(),
        // What rustls says of it is a name of its own.
        other if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "the certificate of the client is that of an authority (CA:TRUE), which cannot be a client's too".to_owned()
        }
        other => format!("the certificate of the client is refused: {other}"),
    }
}

fn refused(alert: AlertDescription) -> String {
    use AlertDescription::{BadCertificate, CertificateExpired, CertificateUnknown, UnknownCA};
    match alert {
        UnknownCA | CertificateUnknown | BadCertificate => {
            format!("the client does not trust the certificate of --tls-cert ({alert:?}); does it know the authority behind it?")
        }
        CertificateExpired => "the client says that the certificate of --tls-cert has expired".to_owned(),
        alert => format!("the client gave up: {alert:?}"),
    }
}
