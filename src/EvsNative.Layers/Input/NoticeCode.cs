namespace EvsNative.Layers;

/// <summary>The kind of a <see cref="Notice"/>, for programs: sentences get better, codes stay.</summary>
public enum NoticeCode
{
    /// <summary>Something that nothing told was assumed: a kind of motion modules, a colour matrix.</summary>
    Assumed,

    /// <summary>A choice gave way to another one that it was made for.</summary>
    ChoiceReplaced,

    /// <summary>Words were cut off a prompt.</summary>
    PromptCut,

    /// <summary>A prompt holds what means something to other programs and does not here, or names a file that is not loaded.</summary>
    PromptSyntax,

    /// <summary>Something in the clip is left out: further videos, files of other kinds, what the output cannot hold.</summary>
    Dropped,

    /// <summary>Something in the clip is changed on the way: its rate, fields, HDR, colours that nobody sees, an odd size.</summary>
    Changed,

    /// <summary>Something in the clip is not as it should be: damaged frames, fewer than it promises, missing numbers.</summary>
    Damaged,

    /// <summary>The result is there and looks wrong: a frame of one flat colour.</summary>
    Suspicious,

    /// <summary>What an earlier run left behind was taken away.</summary>
    CleanedUp,

    /// <summary>An output's place was taken while the run went on: the output has another name.</summary>
    Renamed,

    /// <summary>The disk may not hold the output.</summary>
    LittleSpace,

    /// <summary>Something in a file of weights is not used: keys of a LoRA that fit nothing, copies that a training left.</summary>
    Unused,

    /// <summary>What was given usually goes with something that was not: motion modules with a LoRA.</summary>
    GoesWith,

    /// <summary>Less is done at a time, or with fewer bits, than was asked for, so that the run fits into memory.</summary>
    Planned,

    /// <summary>Work of an ended run is gone on with, or is kept for a later one.</summary>
    Kept,

    /// <summary>A recipe is repeated with another clip, model, device or version than it was made with.</summary>
    RecipeDiffers,

    /// <summary>Something that was asked for is left out, since what it needs is not there or cannot be used: weights of a score.</summary>
    LeftOut,
}
