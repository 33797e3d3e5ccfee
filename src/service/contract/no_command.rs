//! The reasons that a request has no command.

/// The reason that a request has no command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCommand {
    /// It changes nothing.
    #[error("it only reads")]
    Reads,
    /// It is about the console itself, or needs a proof that only the console asks for.
    #[error("only the console does this")]
    OnlyConsole,
    /// Another program that runs the command would undo something else.
    #[error("an undo goes by its entry in the journal: nexus undo ENTRY")]
    ByEntry,
    /// The line would not show what it is (`domain::text::visible`), or a terminal would act on it.
    #[error("a name in it holds characters that cannot be typed")]
    Unseen,
}
