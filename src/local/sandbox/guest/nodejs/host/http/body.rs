//! The body of a request on its way out.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Frame, SizeHint};
use tokio::sync::mpsc;

use super::Marker;

/// What is sent.
pub enum Body {
    /// All there is.
    Whole(Option<Bytes>),
    /// What the guest writes, until it ends it. The marker says that there is room again.
    Pieces(mpsc::Receiver<Bytes>, Marker),
}

impl Body {
    /// A body that is known.
    pub fn whole(data: Vec<u8>) -> Self {
        Body::Whole((!data.is_empty()).then(|| Bytes::from(data)))
    }

    /// A body that is being written.
    pub fn pieces(pieces: mpsc::Receiver<Bytes>, marker: Marker) -> Self {
        Body::Pieces(pieces, marker)
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Body::Whole(data) => Poll::Ready(data.take().map(|data| Ok(Frame::data(data)))),
            Body::Pieces(pieces, marker) => {
                let was_full = pieces.capacity() == 0;
                let piece = pieces.poll_recv(context);
                if was_full && matches!(piece, Poll::Ready(Some(_))) {
                    marker.set();
                }
                piece.map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Body::Whole(None))
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(data) => {
                SizeHint::with_exact(data.as_ref().map_or(0, |data| data.len() as u64))
            }
            Body::Pieces(..) => SizeHint::default(),
        }
    }
}
