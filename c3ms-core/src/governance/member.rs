//! A member: who acts, in which role, with which key. Signing and checking; keys are arguments.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::GovernanceError;
use crate::base::{Actor, Digest, Id, Timestamp};

/// Who acts in a cooperative: an organisation or a person, known by id; the log names nobody otherwise.
///
/// # Source
/// RFC 8032 (Ed25519); the key and signature of the example are its test 1, section 7.1.
///
/// # Examples
/// ```
/// use c3ms_core::{base::{Digest, Id, Timestamp}, governance::{Member, Role, SecretKey}};
/// let secret = SecretKey(Digest::parse("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap().0);
/// let member = Member {
///     id: Id::derived(&["theatre"]), name: "Théâtre".into(), role: Role::Editor,
///     public_key: Some(secret.public_key()), revoked_at: None,
/// };
/// assert!(member.public_key.unwrap().to_string().starts_with("d75a980182b10ab7"));
/// let signature = secret.sign(b"");
/// assert!(signature.to_string().starts_with("e5564300c360ac72"));
/// assert!(member.check(b"", &signature, Timestamp::from_millis(0)).is_ok());
/// assert!(member.check(b"!", &signature, Timestamp::from_millis(0)).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// The id under which the log names the member.
    pub id: Id<Actor>,
    /// The name for people.
    pub name: String,
    /// What the member may do.
    pub role: Role,
    /// The key with which the member signs; none for one who acts on this machine only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<PublicKey>,
    /// From when on nothing the key signs counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Role {
    /// Reads what members may see.
    Reader,
    /// Enters and imports; what it enters may wait for an editor.
    Contributor,
    /// Publishes, completes, takes back.
    Editor,
    /// Changes formats, rules and members.
    Coordinator,
}

impl Role {
    /// Every role, the one that may least first.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Contributor, Self::Editor, Self::Coordinator];

    /// The role as it is written.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Contributor => "contributor",
            Self::Editor => "editor",
            Self::Coordinator => "coordinator",
        }
    }

    /// Reads a role as it is written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl Member {
    /// Checks that this member signed these bytes at a time when the key counted.
    ///
    /// # Errors
    /// [`GovernanceError::SignatureWrong`] for other bytes, another key or a member without a key;
    /// [`GovernanceError::MemberRevoked`] from the moment of revocation on.
    pub fn check(&self, bytes: &[u8], signature: &Signature, at: Timestamp) -> Result<(), GovernanceError> {
        if let Some(revoked) = self.revoked_at
            && at >= revoked
        {
            return Err(GovernanceError::MemberRevoked { revoked: revoked.to_string() });
        }
        let key = self.public_key.ok_or(GovernanceError::SignatureWrong)?;
        let key = VerifyingKey::from_bytes(&key.0).map_err(|_| GovernanceError::KeyUnreadable)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(bytes, &signature).map_err(|_| GovernanceError::SignatureWrong)
    }
}

/// The half of a key that signs: 32 secret bytes. Never written, never shown.
#[derive(Clone)]
pub struct SecretKey(pub [u8; 32]);

impl SecretKey {
    /// The half that everybody may know.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(SigningKey::from_bytes(&self.0).verifying_key().to_bytes())
    }

    /// Signs bytes.
    #[must_use]
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        Signature(SigningKey::from_bytes(&self.0).sign(bytes).to_bytes())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// The half of a key that checks, written as 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Reads 64 hexadecimal digits of a point on the curve.
    ///
    /// # Errors
    /// [`GovernanceError::KeyUnreadable`] for anything else.
    pub fn parse(text: &str) -> Result<Self, GovernanceError> {
        let Digest(bytes) = Digest::parse(text).ok_or(GovernanceError::KeyUnreadable)?;
        VerifyingKey::from_bytes(&bytes).map_err(|_| GovernanceError::KeyUnreadable)?;
        Ok(Self(bytes))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Digest(self.0).fmt(f)
    }
}

impl Serialize for PublicKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// An Ed25519 signature, written as 128 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Reads 128 hexadecimal digits.
    ///
    /// # Errors
    /// [`GovernanceError::SignatureWrong`] for anything else.
    pub fn parse(text: &str) -> Result<Self, GovernanceError> {
        let halves =
            text.split_at_checked(64).and_then(|(one, other)| Digest::parse(one).zip(Digest::parse(other)));
        let (Digest(one), Digest(other)) = halves.ok_or(GovernanceError::SignatureWrong)?;
        let mut bytes = [0; 64];
        for (slot, byte) in bytes.iter_mut().zip(one.into_iter().chain(other)) {
            *slot = byte;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for Signature {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Signature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}
