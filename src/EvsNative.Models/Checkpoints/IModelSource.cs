using EvsNative.Layers;
using EvsNative.Models.Sampling;

namespace EvsNative.Models;

/// <summary>What a model's networks come from: a folder, or one file.</summary>
internal interface IModelSource
{
    /// <summary>The folder or file, as it was given.</summary>
    string Path { get; }

    /// <summary>True if it brings motion modules along.</summary>
    bool HasMotionAdapter { get; }

    /// <summary>The noise that the image model was trained with.</summary>
    /// <exception cref="InputException">noise that the samplers cannot follow</exception>
    SchedulerConfig Scheduler();

    /// <summary>Opens a network.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="kind">which</param>
    /// <exception cref="InputException">it is not there, or of another kind</exception>
    ModelPart<TConfig> Open<TConfig>(WeightFiles files, ModelPartKind<TConfig> kind) where TConfig : class;

    /// <summary>Opens the motion modules; see <see cref="HasMotionAdapter"/>.</summary>
    /// <param name="files">the owner of what is opened</param>
    /// <param name="said">what the user says that they are</param>
    /// <param name="loras">LoRAs that were given with the model</param>
    ModelPart<MotionConfig> OpenMotionAdapter(WeightFiles files, MotionKind? said = null, IReadOnlyList<LoraChoice>? loras = null);

    /// <summary>What is left unused or was assumed, a line each.</summary>
    IEnumerable<Notice> Notices { get; }
}
