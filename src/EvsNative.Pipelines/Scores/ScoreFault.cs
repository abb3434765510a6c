using EvsNative.Layers;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Scores;

/// <summary>Why a clip has not got a score, while others were computed.</summary>
/// <param name="Kind">the score; null for what compares the clip with its original</param>
/// <param name="Code">the kind of fault</param>
/// <param name="Message">one line</param>
public sealed record ScoreFault(ScoreKind? Kind, InputCode Code, string Message);
