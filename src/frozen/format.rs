//! The file: a head of 52 bytes, and the body in the encoding that postcard specifies.

use super::{Body, Frozen};
use crate::code::{self, Unsound};
use crate::digest::Digest;
use crate::limits::{Limits, PLAN_BYTES, PLAN_LIMITS};
use crate::walk::{Class, Processors};

/// Version of the file: another one for every change of what a byte of the body means.
pub const VERSION: u32 = 1;

const MAGIC: &[u8; 8] = b"bootplan";
/// Magic, version, length, digest.
const HEAD: usize = 8 + 4 + 8 + 32;

/// Why a file is no plan, or none that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A text file.
    #[error("it is no frozen plan: it does not begin with `bootplan`")]
    Magic,
    /// A plan that a later program made.
    #[error("it is a plan of version {0}, and this program reads version {VERSION}: compile it again")]
    Version(u32),
    /// A plan that was cut off, or has something behind it.
    #[error("it has {found} bytes after its head, which says {stated}: it is not whole")]
    Length {
        /// What its head says.
        stated: u64,
        /// What is there.
        found: u64,
    },
    /// More than [`PLAN_BYTES`].
    #[error("it has more than {PLAN_BYTES} bytes")]
    Size,
    /// A plan with another byte somewhere.
    #[error("its bytes are not those that its SHA-256 digest was taken of: it is damaged")]
    Digest,
    /// Right digest of wrong bytes: it was not made by this program.
    #[error("its body cannot be read")]
    Body,
    /// The same: nothing that can be walked.
    #[error("its code cannot be run: {0}")]
    Unsound(#[from] Unsound),
    /// The same: tables that do not belong together.
    #[error("its {0} do not belong to its code")]
    Table(&'static str),
    /// A limit that there is not, or a value that it may not have here.
    #[error("it sets the limit `{}` to {value}, which a frozen plan may not", .name.escape_debug())]
    Limit {
        /// Its name.
        name: String,
        /// The value.
        value: u64,
    },
}

impl Frozen {
    /// Reads a plan and verifies it: afterwards nothing in it can make a walk do anything but end within its limits.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn load(bytes: &[u8]) -> Result<Frozen, PlanError> {
        let (head, body) =
            bytes.split_at_checked(HEAD).filter(|_| bytes.starts_with(MAGIC)).ok_or(PlanError::Magic)?;
        let field = |from: usize, to: usize| head.get(from..to).unwrap_or_default();
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0u64, |n, byte| n << 8 | u64::from(*byte));
        let version = u32::try_from(number(field(8, 12))).unwrap_or(u32::MAX);
        if version != VERSION {
            return Err(PlanError::Version(version));
        }
        let (stated, found) = (number(field(12, 20)), u64::try_from(body.len()).unwrap_or(u64::MAX));
        if stated != found {
            return Err(PlanError::Length { stated, found });
        }
        if found > PLAN_BYTES {
            return Err(PlanError::Size);
        }
        if Digest::of(body).bytes().as_slice() != field(20, HEAD) {
            return Err(PlanError::Digest);
        }
        match postcard::take_from_bytes::<Body>(body) {
            Ok((body, [])) => Frozen::of(body),
            Ok(_) | Err(_) => Err(PlanError::Body),
        }
    }

    /// The bytes of the file: the same for the same plan.
    ///
    /// # Errors
    ///
    /// It would be too large.
    pub fn to_bytes(&self) -> Result<Vec<u8>, PlanError> {
        let body = postcard::to_allocvec(&self.body).map_err(|_| PlanError::Body)?;
        let size = u64::try_from(body.len()).unwrap_or(u64::MAX);
        if size > PLAN_BYTES {
            return Err(PlanError::Size);
        }
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(size.to_le_bytes());
        bytes.extend(Digest::of(&body).bytes());
        bytes.extend(body);
        Ok(bytes)
    }

    /// A plan of these parts, verified.
    pub(crate) fn of(body: Body) -> Result<Frozen, PlanError> {
        let answers = code::verify(&body.code, body.capacities.len())?;
        if !body.code.processes.is_empty() {
            return Err(PlanError::Table("custom processes"));
        }
        if body.roles.is_empty()
            || body.code.roots.len() != body.roles.len()
            || !body.is_set && body.roles.len() != 1
        {
            return Err(PlanError::Table("files"));
        }
        let fits = |(asked, count): (&super::Asked, &u8)| asked.question.takes(*count);
        if body.asked.len() != answers.len() || !body.asked.iter().zip(&answers).all(fits) {
            return Err(PlanError::Table("questions"));
        }
        if !body.known.is_sorted_by(|(a, _), (b, _)| a < b) {
            return Err(PlanError::Table("capacities"));
        }
        let limits = limits(&body.limits)?;
        let classes = [Class { capacities: body.capacities.clone() }];
        Ok(Frozen { body, limits, classes, processors: Processors::default() })
    }
}

/// Limits by name: whoever boots with a plan does not let it raise them at will.
fn limits(changed: &[(String, u64)]) -> Result<Limits, PlanError> {
    let mut limits = Limits::default();
    for (name, value) in changed {
        let most = Limits::describe(name).map(|limit| limit.default.saturating_mul(PLAN_LIMITS));
        let set = most.is_some_and(|most| *value <= most) && limits.set(name, *value).is_ok();
        if !set {
            return Err(PlanError::Limit { name: name.clone(), value: *value });
        }
    }
    Ok(limits)
}
