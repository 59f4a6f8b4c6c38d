//! Why a text is no card that can be read.

/// Why a text is no SMART Health Card that can be read. Holds nothing of the card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CardError {
    /// White space or a byte order mark around the card.
    #[error("white space stands before or behind the card, where nothing belongs; give the card alone")]
    Surrounded,
    /// What is behind `shc:/` is neither digits nor part numbers and digits.
    #[error("the code's head is wrong: it has to be shc:/ or, for a code in several parts, shc:/PART/PARTS/")]
    Head,
    /// `shc:/1/1/`.
    #[error("a card in a single code has no part numbers, but this one says that it is part 1 of 1")]
    OnlyPart,
    /// A part beyond the number of parts.
    #[error("the code says that it is part {part} of {parts}, which cannot be")]
    PartOutOfRange {
        /// The number that it has.
        part: u32,
        /// How many it says there are.
        parts: u32,
    },
    /// More parts than [`crate::MAX_PARTS`].
    #[error("the code says that the card has {0} parts, more than any card needs")]
    TooManyParts(u32),
    /// One part of a card, alone.
    #[error("this is part {part} of {parts} of a card; the other parts are needed as well")]
    Part {
        /// The number of the part.
        part: u32,
        /// How many there are.
        parts: u32,
    },
    /// Some parts of a card, and not all of them.
    #[error("part {part} of the {parts} parts of this card is missing")]
    MissingPart {
        /// The first that is missing.
        part: u32,
        /// How many there are.
        parts: u32,
    },
    /// A part that was given already.
    #[error("part {0} of the card was given twice")]
    RepeatedPart(u32),
    /// Parts of different cards.
    #[error("the parts belong to different cards; give the parts of one card")]
    MixedParts,
    /// Several texts that are not the parts of one card.
    #[error("these are several texts and not the parts of one card; give each by itself")]
    NotParts,
    /// A character that is no digit, or no digits at all.
    #[error("the code has something else than digits behind its head; scan it again")]
    NotDigits,
    /// An odd number of digits.
    #[error("the code has an odd number of digits, so one was lost; scan it again")]
    OddDigits,
    /// Two digits that stand for no character of a card.
    #[error("two of the code's digits stand for no character that a card can have; scan it again")]
    NoCharacter,
    /// More than a code may hold: 1,195 characters, or 1,191 for a part.
    #[error("the code holds more than the {0} characters that a code of this kind may hold")]
    SymbolTooLong(usize),
    /// Longer than any card.
    #[error("the card is longer than 64 KiB, which no card is")]
    TooLong,
    /// Not three pieces with dots between.
    #[error("the card is not a signed text (JWS) of three pieces with a dot between each two")]
    NotCompact,
    /// A piece that is not base64url.
    #[error("the card is not written in base64url without padding; it may be cut off or mistyped")]
    Base64,
    /// A file that is not a card file.
    #[error("the file is not a SMART Health Card file: JSON with an array \"verifiableCredential\" of cards")]
    NotAFile,
    /// A file with more cards, or a longer one, than is read.
    #[error("the file is larger than 1 MiB or has more than 50 cards in it; give fewer")]
    FileTooLarge,
    /// A file with several cards where one is asked for.
    #[error("the file holds several cards; look at each by itself")]
    SeveralCards,
    /// The header does not say `"zip":"DEF"`.
    #[error("the card's header does not say that it is compressed (\"zip\" has to be \"DEF\")")]
    NotCompressed,
    /// The header is not a JSON object, or a name stands in it twice.
    #[error("the card's header is not a JSON object, or says something twice")]
    Header,
    /// The header asks for an extension.
    #[error("the card relies on something that this version does not know (\"crit\")")]
    Critical,
    /// Signed in another way, or in none.
    #[error("the card is not signed with ES256 (\"alg\")")]
    Algorithm,
    /// The header does not name a key by its thumbprint.
    #[error("the card does not name its key by the key's thumbprint (\"kid\")")]
    KeyId,
    /// The signature is not 64 bytes.
    #[error("the signature is not in the form of 64 bytes that JWS asks for; it may be in DER")]
    SignatureForm,
}

/// The line of the report that an error belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    Prefix,
    Encoding,
    Inflate,
    /// The signature, with the payload not looked at.
    SignatureBeforeInflate,
    Signature,
    Content,
}

impl CardError {
    pub(crate) fn layer(self) -> Layer {
        match self {
            CardError::Head
            | CardError::OnlyPart
            | CardError::PartOutOfRange { .. }
            | CardError::TooManyParts(_)
            | CardError::RepeatedPart(_)
            | CardError::MixedParts
            | CardError::NotParts
            | CardError::NotAFile
            | CardError::FileTooLarge
            | CardError::SeveralCards => Layer::Prefix,
            CardError::Surrounded
            | CardError::Part { .. }
            | CardError::MissingPart { .. }
            | CardError::NotDigits
            | CardError::OddDigits
            | CardError::NoCharacter
            | CardError::SymbolTooLong(_)
            | CardError::TooLong
            | CardError::NotCompact
            | CardError::Base64 => Layer::Encoding,
            CardError::NotCompressed => Layer::Inflate,
            CardError::Header | CardError::Critical => Layer::SignatureBeforeInflate,
            CardError::Algorithm | CardError::KeyId | CardError::SignatureForm => Layer::Signature,
        }
    }
}
