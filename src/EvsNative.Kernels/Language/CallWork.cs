namespace EvsNative.Kernels;

/// <summary>What the time of a call follows, on a device that does it well.</summary>
public enum WorkKind
{
    /// <summary>Bytes that are moved.</summary>
    Memory,

    /// <summary>Multiply-adds of rows by a filter.</summary>
    Product,

    /// <summary>Multiply-adds and exponentials of attention.</summary>
    Attention,
}

/// <summary>What is to be known of a call, beside FLOPs and bytes, to foretell its time.</summary>
/// <param name="Kind">what its time follows</param>
/// <param name="Depth">of a product, numbers summed for one result; of attention, channels of a head; else 0</param>
/// <param name="Type">of its inputs</param>
/// <param name="BytesAgain">bytes of inputs that an ordinary algorithm reads a second time, as norms over images do</param>
public readonly record struct CallWork(
    WorkKind Kind, int Depth = 0, ElementType Type = ElementType.Float32, long BytesAgain = 0);
