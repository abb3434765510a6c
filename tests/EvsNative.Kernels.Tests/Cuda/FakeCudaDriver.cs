using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using EvsNative.Kernels.Cuda;

namespace EvsNative.Kernels.Tests.Cuda;

/// <summary>
/// A driver without a GPU: its memory is the host's, launches are noted, everything is counted, and any function can be told to fail. Work
/// of a stream is done at once. It is as strict as the real one about contexts and captures, and stricter about what is freed while a
/// stream may still work with it.
/// </summary>
internal unsafe partial class FakeCudaDriver : ICudaDriver
{
    private readonly Lock _lock = new();
    private readonly List<(string Function, CudaResult Result, int Skip)> _failures = [];
    private readonly Dictionary<nint, (string Kind, nint Owner)> _live = [];
    private readonly Dictionary<int, (nint Handle, int Count)> _contexts = [];
    private readonly ConcurrentDictionary<int, nint> _currents = [];
    private readonly List<string> _calls = [];
    private nint _lastHandle = 0x1000;
    private bool _isBusy;

    public int Version { get; init; } = 12040;

    public int Devices { get; init; } = 1;

    public int Sm { get; init; } = 90;

    /// <summary>Shared memory that a group may have; if nothing is said, what the architecture gives.</summary>
    public int OptInSharedBytes
    {
        get => field > 0 ? field : SharedKilobytes << 10;
        init;
    }

    public bool HasPools { get; init; } = true;

    public CudaResult InitResult { get; init; } = CudaResult.Success;

    /// <summary>What everything that needs a context answers from now on.</summary>
    public CudaResult Lost { get; set; } = CudaResult.Success;

    /// <summary>Names of the functions that were called, in order.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>Context switches of all threads.</summary>
    public int Switches { get; private set; }

    /// <summary>What has been made and not destroyed, a line for each.</summary>
    public IReadOnlyList<string> Leaks
    {
        get
        {
            lock (_lock)
            {
                var contexts = _contexts.Where(pair => pair.Value.Count > 0).Select(pair => $"context of device {pair.Key}");
                return [.. _live.Values.Select(thing => thing.Kind), .. contexts];
            }
        }
    }

    // The CUDA C++ Programming Guide's table of compute capabilities: most shared memory of a thread block.
    private int SharedKilobytes => Sm switch
    {
        < 70 => 48,
        < 75 => 96,
        75 => 64,
        80 or 87 => 163,
        86 or 89 or >= 120 => 99,
        _ => 227,
    };

    /// <summary>The calling thread's context.</summary>
    private nint Current => _currents.GetValueOrDefault(Environment.CurrentManagedThreadId);

    /// <summary>Makes a function fail once, after so many calls that work.</summary>
    public void Fail(string function, CudaResult result, int skip = 0) => _failures.Add((function, result, skip));

    /// <summary>Makes the call of this number, from 0, fail.</summary>
    public void FailCall(int number, CudaResult result) => _failures.Add(("", result, number));

    public CudaResult Init() => InitResult != CudaResult.Success ? InitResult : Call();

    public CudaResult DriverVersion(out int version)
    {
        version = Version;
        return Call();
    }

    public CudaResult DeviceCount(out int count)
    {
        count = Devices;
        return Call();
    }

    public CudaResult DeviceAt(int index, out int device)
    {
        device = index;
        return index < Devices ? Call() : CudaResult.InvalidDevice;
    }

    public CudaResult DeviceName(int device, out string name)
    {
        name = $"Fake sm_{Sm} ";
        return Call();
    }

    public CudaResult DeviceAttribute(int device, CudaDeviceAttribute attribute, out int value)
    {
        value = attribute switch
        {
            CudaDeviceAttribute.MaxThreads => 1024,
            CudaDeviceAttribute.MaxGridY or CudaDeviceAttribute.MaxGridZ => 65535,
            CudaDeviceAttribute.SharedBytes => 48 << 10,
            CudaDeviceAttribute.Multiprocessors => 132,
            CudaDeviceAttribute.CapabilityMajor => Sm / 10,
            CudaDeviceAttribute.CapabilityMinor => Sm % 10,
            CudaDeviceAttribute.SharedBytesOptIn => OptInSharedBytes,
            CudaDeviceAttribute.MemoryPoolsSupported => HasPools ? 1 : 0,
            _ => throw new ArgumentOutOfRangeException(nameof(attribute)),
        };
        return Call();
    }

    public CudaResult DeviceMemory(int device, out long bytes)
    {
        bytes = TotalBytes;
        return Call();
    }

    public CudaResult DeviceUuid(int device, out string uuid)
    {
        uuid = $"GPU-{device}";
        return Call();
    }

    public CudaResult PrimaryContextRetain(int device, out nint context)
    {
        context = 0;
        if (Call() is var result && result != CudaResult.Success) return result;
        lock (_lock)
        {
            var (handle, count) = _contexts.GetValueOrDefault(device, (0x100 + device, 0));
            _contexts[device] = (handle, count + 1);
            context = handle;
            return result;
        }
    }

    public CudaResult PrimaryContextRelease(int device)
    {
        lock (_lock)
        {
            var (handle, count) = _contexts[device];
            Assert.True(count > 0, "a context is released more often than it was retained");
            _contexts[device] = (handle, count - 1);
            return Call();
        }
    }

    public CudaResult SetCurrentContext(nint context)
    {
        if (Call() is var result && result != CudaResult.Success) return result;
        Switches++;
        _currents[Environment.CurrentManagedThreadId] = context;
        return result;
    }

    public CudaResult StreamCreate(out nint stream) => Make("stream", out stream);

    public CudaResult StreamDestroy(nint stream) => Destroy("stream", stream);

    public CudaResult StreamSynchronize(nint stream)
    {
        _isBusy = false;
        return OnStream(stream, canBeCaptured: false);
    }

    public CudaResult EventCreate(bool isTimed, out nint created) => Make("event", out created);

    public CudaResult EventRecord(nint recorded, nint stream) => OnStream(stream);

    public CudaResult EventSynchronize(nint awaited) => Here("event", awaited);

    public CudaResult EventElapsed(nint start, nint end, out float milliseconds)
    {
        milliseconds = 1.5f;
        return Here("event", start);
    }

    public CudaResult EventDestroy(nint destroyed) => Destroy("event", destroyed);

    public string ErrorName(CudaResult result)
    {
        var name = new StringBuilder("CUDA_ERROR");
        foreach (char letter in result.ToString()) name.Append(char.IsUpper(letter) ? "_" : "").Append(char.ToUpperInvariant(letter));
        return name.ToString();
    }

    public string ErrorText(CudaResult result) => $"code {(int)result}";

    /// <summary>Notes a call; the result it was told to have.</summary>
    private CudaResult Call([CallerMemberName] string function = "")
    {
        lock (_lock)
        {
            int number = _calls.Count;
            _calls.Add(function);
            for (int i = 0; i < _failures.Count; i++)
            {
                var (failing, result, skip) = _failures[i];
                if (failing.Length == 0 ? skip != number : failing != function) continue;
                if (failing.Length > 0 && skip > 0)
                {
                    _failures[i] = (failing, result, skip - 1);
                    continue;
                }

                _failures.RemoveAt(i);
                return result;
            }

            return CudaResult.Success;
        }
    }

    private CudaResult Make(string kind, out nint handle, [CallerMemberName] string function = "")
    {
        handle = 0;
        if (Lost != CudaResult.Success) return Lost;
        if (Current == 0) return CudaResult.InvalidContext;
        if (Call(function) is var result && result != CudaResult.Success) return result;
        lock (_lock)
        {
            handle = _lastHandle += 0x10;
            _live[handle] = (kind, Current);
            return result;
        }
    }

    /// <summary>What a stream's work uses may be freed once somebody has waited for the stream.</summary>
    private void IsIdle([CallerMemberName] string function = "") =>
        Assert.False(_isBusy && Lost == CudaResult.Success, $"{function} while the stream works");

    private CudaResult Here(string kind, nint handle, [CallerMemberName] string function = "")
    {
        if (Lost != CudaResult.Success) return Lost;
        lock (_lock)
        {
            if (!_live.TryGetValue(handle, out var thing) || thing.Kind != kind) return CudaResult.InvalidHandle;
            if (thing.Owner != Current) return CudaResult.InvalidContext;
        }

        return Call(function);
    }

    private CudaResult Destroy(string kind, nint handle, [CallerMemberName] string function = "")
    {
        lock (_lock)
        {
            Assert.True(_live.TryGetValue(handle, out var thing) && thing.Kind == kind, $"{function} of what is no {kind}");
            Assert.True(thing.Owner == Current, $"{function} in another context");
            _live.Remove(handle);
        }

        return Lost != CudaResult.Success ? Lost : Call(function);
    }
}
