namespace EvsNative.Layers;

/// <summary>What a file is that was given in place of another, as far as its first bytes tell.</summary>
internal enum FileKind
{
    /// <summary>Nothing that is known here, or damaged.</summary>
    Unknown,

    /// <summary>No bytes at all.</summary>
    Empty,

    /// <summary>Fewer bytes than any file has that is read here.</summary>
    TooShort,

    /// <summary>Nothing but zeros: a download that did not end.</summary>
    Zeros,

    /// <summary>A zip archive, as what torch.save writes is too: .ckpt, .pt, .bin.</summary>
    Zip,

    /// <summary>A pickle, as Python itself writes them.</summary>
    Pickle,

    /// <summary>What torch.save wrote before 2018.</summary>
    TorchTar,

    /// <summary>Any other tar archive.</summary>
    Tar,

    /// <summary>An engine of TensorRT, made for one GPU.</summary>
    TensorRt,

    /// <summary>A network in ONNX.</summary>
    Onnx,

    /// <summary>HDF5, as Keras saves weights.</summary>
    Hdf5,

    /// <summary>MessagePack, as Flax saves weights.</summary>
    Msgpack,

    /// <summary>A network for TensorFlow Lite.</summary>
    TfLite,

    /// <summary>What llama.cpp and its kin used before GGUF.</summary>
    Ggml,

    /// <summary>An archive of another packer: 7z, RAR, xz, zstd, bzip2.</summary>
    Archive,

    /// <summary>The format of llama.cpp and its kin.</summary>
    Gguf,

    /// <summary>A NumPy array.</summary>
    NumPy,

    /// <summary>A gzip archive.</summary>
    Gzip,

    /// <summary>A PNG picture, or several in one file (APNG).</summary>
    Png,

    /// <summary>A JPEG picture.</summary>
    Jpeg,

    /// <summary>A GIF, moving or not.</summary>
    Gif,

    /// <summary>A WebP picture, moving or not.</summary>
    WebP,

    /// <summary>A picture of another format: BMP, TIFF, AVIF, HEIC, JPEG XL, PSD, QOI, EXR.</summary>
    Picture,

    /// <summary>MP4 and its kin, Matroska, WebM, AVI.</summary>
    Video,

    /// <summary>The few lines that Git LFS leaves where a large file belongs.</summary>
    GitLfsPointer,

    /// <summary>A page of a web site, often one that asks to log in.</summary>
    HtmlPage,

    /// <summary>JSON: an index, a configuration, an error message.</summary>
    Json,

    /// <summary>Any other text.</summary>
    PlainText,
}
