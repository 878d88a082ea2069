//! How fast a body has to come: whoever sends a byte now and then would keep a
//! connection, and what it holds, for as long as they like.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::Method;
use bytes::Bytes;
use futures::Stream;
use tokio::time::{Instant, Sleep};

use crate::config::http::Http;

/// So much earns another second.
const BYTES_PER_SECOND: u64 = 8 * 1024;

/// Lets the body end early when it comes too slowly.
pub fn hold_to_pace(request: &mut ServiceRequest, config: &Http) {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return;
    }
    let started = Instant::now();
    let grace = Duration::from_secs(config.body_seconds.into());
    let paced = Paced {
        payload: request.take_payload(),
        alarm: Box::pin(tokio::time::sleep_until(started + grace)),
        due: started + grace,
        came: 0,
    };
    request.set_payload(Payload::Stream {
        payload: Box::pin(paced),
    });
}

struct Paced {
    payload: Payload,
    alarm: Pin<Box<Sleep>>,
    due: Instant,
    came: u64,
}

impl Stream for Paced {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = Pin::new(&mut self.payload).poll_next(cx);
        match polled {
            Poll::Ready(Some(Ok(chunk))) => {
                let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
                self.came = self.came.saturating_add(length);
                let earned =
                    Duration::from_millis(self.came.saturating_mul(1000) / BYTES_PER_SECOND);
                let due = self.due + earned;
                self.alarm.as_mut().reset(due);
                Poll::Ready(Some(Ok(chunk)))
            }
            Poll::Pending => match self.alarm.as_mut().poll(cx) {
                Poll::Ready(()) => {
                    let slow = std::io::Error::from(std::io::ErrorKind::TimedOut);
                    Poll::Ready(Some(Err(PayloadError::Incomplete(Some(slow)))))
                }
                Poll::Pending => Poll::Pending,
            },
            done => done,
        }
    }
}
