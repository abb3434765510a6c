using System.Buffers;

namespace EvsNative.Layers;

/// <summary>
/// Reads tensors whose elements do not lie one behind the other: transposed, parts of others, repeated, channels last. Elements are fetched
/// in the order in which they lie, through a window over the storage, and put where they belong: nothing is read twice where axes do not
/// overlap, and the storage is never held as a whole.
/// </summary>
internal static class StridedView
{
    private const int Window = 1 << 16;

    /// <summary>Fetches elements of a storage that lie one behind the other.</summary>
    public delegate void Fetch<T>(long first, Span<T> elements);

    /// <summary>Puts all elements of a view in the order of its shape.</summary>
    /// <param name="view">how the tensor looks at its storage</param>
    /// <param name="values">where they go; as many as the view has</param>
    /// <param name="fetch">reads elements of the storage</param>
    public static void Read<T>(TorchView view, Span<T> values, Fetch<T> fetch)
        where T : unmanaged
    {
        if (view.Count == 0) return;
        var axes = Axes(view);
        var inner = axes[^1];
        // Where even the closest elements lie further apart than the window, each is read for itself.
        long closest = axes.Where(axis => axis.Stride > 0).Select(axis => axis.Stride).DefaultIfEmpty(1).Min();
        var window = ArrayPool<T>.Shared.Rent(closest >= Window ? 1 : Window);
        try
        {
            long first = 0, last = view.Last;
            int filled = 0;
            long[] index = new long[axes.Length];
            for (long done = 0; done < view.Count; done += inner.Size)
            {
                long element = view.Offset;
                int to = 0;
                for (int axis = 0; axis < axes.Length - 1; axis++)
                {
                    element += index[axis] * axes[axis].Stride;
                    to += (int)(index[axis] * axes[axis].Step);
                }

                for (long i = 0; i < inner.Size; i++, element += inner.Stride, to += (int)inner.Step)
                {
                    if ((ulong)(element - first) >= (ulong)filled)
                    {
                        (first, filled) = (element, (int)Math.Min(closest >= Window ? 1 : Window, last - element + 1));
                        fetch(first, window.AsSpan(0, filled));
                    }

                    values[to] = window[element - first];
                }

                for (int axis = axes.Length - 2; axis >= 0 && ++index[axis] == axes[axis].Size; axis--) index[axis] = 0;
            }
        }
        finally
        {
            ArrayPool<T>.Shared.Return(window);
        }
    }

    /// <summary>The axes, the widest steps through the storage first, with the steps through the result.</summary>
    private static Axis[] Axes(TorchView view)
    {
        var axes = new Axis[view.Shape.Count];
        long step = 1;
        for (int axis = axes.Length - 1; axis >= 0; axis--)
        {
            axes[axis] = new Axis(view.Shape[axis], view.Strides[axis], step);
            step *= view.Shape[axis];
        }

        Axis[] ordered = [.. axes.Where(axis => axis.Size > 1).OrderByDescending(axis => axis.Stride)];
        return ordered.Length > 0 ? ordered : [new Axis(1, 1, 1)];
    }

    /// <summary>An axis of a tensor.</summary>
    /// <param name="Size">elements along it</param>
    /// <param name="Stride">elements of the storage from one index to the next</param>
    /// <param name="Step">elements of the result from one index to the next</param>
    private readonly record struct Axis(long Size, long Stride, long Step);
}
