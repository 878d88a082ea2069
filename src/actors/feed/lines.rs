//! Events as lines of the socket's frames. Those who stand at the same place of
//! the same channel and may see everything share the bytes.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::{Feed, Seen};
use crate::domain::principal::{Permission, Principal};
use crate::realtime::channel::Channel;
use crate::realtime::codec::{Codec, Json};
use crate::realtime::feed::Read;
use crate::realtime::protocol::{Push, PushKind};

/// Places of which the lines are kept: readers who keep up stand at one or two.
const AT_MOST: usize = 32;

#[derive(Debug, Default)]
pub struct Frames(Mutex<VecDeque<Frame>>);

#[derive(Clone, Debug)]
struct Frame {
    place: Place,
    upto: i64,
    to: i64,
    lines: Bytes,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    channel: Channel,
    sees_jamaah: bool,
    after: i64,
}

impl Place {
    /// `None` where what is seen depends on more than this.
    fn of(channel: &Channel, who: &Principal, after: i64) -> Option<Self> {
        if who.reach.is_limited() {
            return None;
        }
        let shared = match channel {
            Channel::Tasks => who.may(Permission::TasksReadAll),
            Channel::RoleTasks(_) => true,
            _ => false,
        };
        shared.then(|| Self {
            channel: channel.clone(),
            sees_jamaah: who.may(Permission::JamaahRead),
            after,
        })
    }
}

impl Frames {
    pub fn clear(&self) {
        self.frames().clear();
    }

    fn frames(&self) -> std::sync::MutexGuard<'_, VecDeque<Frame>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn read(
        &self,
        feed: &Feed,
        channel: &Channel,
        who: &Principal,
        (after, upto): (i64, i64),
        budget: usize,
    ) -> Read {
        let place = Place::of(channel, who, after);
        let Some(place) = place else {
            return match make(feed, channel, who, (after, upto), budget) {
                Some((to, lines)) => Read::Lines { to, lines },
                None => Read::NotLoaded,
            };
        };
        // held while the lines are made: the others wait for them instead of making them too
        let mut frames = self.frames();
        let known = frames
            .iter()
            .find(|frame| frame.place == place && frame.upto == upto)
            .filter(|frame| frame.lines.len() < budget);
        if let Some(frame) = known {
            return Read::Lines {
                to: frame.to,
                lines: frame.lines.clone(),
            };
        }
        let Some((to, lines)) = make(feed, channel, who, (after, upto), budget) else {
            return Read::NotLoaded;
        };
        if frames.len() >= AT_MOST {
            frames.pop_front();
        }
        frames.push_back(Frame {
            place,
            upto,
            to,
            lines: lines.clone(),
        });
        Read::Lines { to, lines }
    }
}

/// A push for each event, joined by newlines.
fn make(
    feed: &Feed,
    channel: &Channel,
    who: &Principal,
    range: (i64, i64),
    budget: usize,
) -> Option<(i64, Bytes)> {
    let Seen::Events { to, events } = feed.see(channel, who, range, budget) else {
        return None;
    };
    let name = channel.name(&feed.tenant().slug);
    let pushes = events.iter().map(|(event, sight)| {
        Json.push(&Push {
            channel: &name,
            kind: PushKind::Publication(&event.publication(*sight)),
        })
    });
    let pushes: Vec<_> = pushes.collect();
    let lines = match pushes.as_slice() {
        [one] => one.clone(),
        many => many.join(&b'\n').into(),
    };
    Some((to, lines))
}
