//! What a pipeline can be warned of, and allowed.

/// What a pipeline is warned of although it could be meant so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lint {
    NoEffect,
    Unreachable,
    UnboundedKeys,
    RepeatedCondition,
    MixedKeys,
    SilentTopic,
    SimilarTopic,
    MissingMetric,
    ExpiredFields,
}

impl Lint {
    pub(crate) const ALL: [Lint; 9] = [
        Lint::NoEffect,
        Lint::Unreachable,
        Lint::UnboundedKeys,
        Lint::RepeatedCondition,
        Lint::MixedKeys,
        Lint::SilentTopic,
        Lint::SimilarTopic,
        Lint::MissingMetric,
        Lint::ExpiredFields,
    ];

    /// The name in `#[allow(…)]`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Lint::NoEffect => "no_effect",
            Lint::Unreachable => "unreachable",
            Lint::UnboundedKeys => "unbounded_keys",
            Lint::RepeatedCondition => "repeated_condition",
            Lint::MixedKeys => "mixed_keys",
            Lint::SilentTopic => "silent_topic",
            Lint::SimilarTopic => "similar_topic",
            Lint::MissingMetric => "missing_metric",
            Lint::ExpiredFields => "expired_fields",
        }
    }
}
