using EvsNative.Layers;
using EvsNative.Pipelines.Pictures;

namespace EvsNative.Pipelines.Frames;

/// <summary>Decodes the files of a folder of frames, one after the other.</summary>
internal interface IStillSource : IDisposable
{
    /// <summary>The next one.</summary>
    /// <exception cref="InputException">it cannot be decoded, or is not what it was when it was looked at</exception>
    Picture Next();
}
