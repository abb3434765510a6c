using System.Text.Json;
using EvsNative.Kernels;
using EvsNative.Models;
using EvsNative.Models.Evs;
using EvsNative.Pipelines.Settings;

namespace EvsNative.Pipelines.Runs;

/// <summary>
/// A model on its device, kept from one run to the next as long as both want the same. Runs that are given one, one after the other, load
/// once; each gives the same bytes as a run by itself. After a run that failed everything is opened anew.
/// </summary>
public sealed class ModelSession : IDisposable
{
    /// <summary>For tests: told each device that was opened.</summary>
    internal Action<Device>? OnOpened { get; init; }

    private string? _key;
    private ModelParts? _parts;
    private Device? _device;
    private DeviceChoice? _choice;
    private EvsNetworks? _networks;
    private WeightPlan? _plan;

    /// <summary>The model's files.</summary>
    /// <exception cref="Layers.InputException">they cannot be used</exception>
    internal ModelParts Open(RefineRequest request)
    {
        string key = KeyOf(request);
        if (_parts is not null && _key == key) return _parts;
        Close();
        (_parts, _key) = (request.OpenModel(), key);
        return _parts;
    }

    /// <summary>The device, the one that is open if the run fits there.</summary>
    /// <param name="request">which device</param>
    /// <param name="objection">told a device, says why it does not suffice; null if it does</param>
    /// <param name="stop">stops whatever runs there</param>
    /// <exception cref="DeviceException">none can be used</exception>
    internal (Device Device, DeviceChoice Choice) OpenDevice(
        RefineRequest request, Func<Device, string?> objection, CancellationToken stop)
    {
        if (_device is not null)
        {
            _device.Cancellation = stop;
            if (objection(_device) is null) return (_device, _choice!);
            CloseDevice();
        }

        _device = request.Device.Open(out var choice, device =>
        {
            device.Cancellation = stop;
            return objection(device);
        });
        _choice = choice;
        OnOpened?.Invoke(_device);
        return (_device, choice);
    }

    /// <summary>The networks on it, those that are there if the plan is the same.</summary>
    /// <param name="onRead">told the name of a part and the share of it that has been read</param>
    /// <param name="plan">when weights are on the device; all stay if absent</param>
    internal EvsNetworks Load(Action<string, double> onRead, WeightPlan? plan = null)
    {
        plan ??= WeightPlan.Default;
        if (_networks is not null && _plan == plan) return _networks;
        _networks?.Free();
        (_networks, _plan) = (null, plan);
        return _networks = EvsNetworks.Load(_device!, _parts!, plan, onRead);
    }

    /// <summary>Gives everything back; the next run opens it anew.</summary>
    internal void Close()
    {
        CloseDevice();
        _parts?.Dispose();
        _parts = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    /// <summary>Gives the device back and what is on it; the files stay open.</summary>
    internal void CloseDevice()
    {
        _device?.Dispose();
        (_device, _networks, _choice) = (null, null, null);
    }

    /// <summary>All that files and device depend on.</summary>
    private static string KeyOf(RefineRequest request)
    {
        var said = request.Choices.Said.Where(setting => setting.Group == ModelSettings.Group || setting.Group == DeviceSettings.Group);
        var plain = request.Choices.ToPlain();
        var parts = said.Select(setting => $"{setting.Name}={JsonSerializer.Serialize(plain[setting.Name])}");
        var loras = request.PromptsOr("").Loras.Select(lora => $"{lora}");
        return string.Join('\n', [.. parts, .. loras, $"{request.Demo?.Folder}", $"{request.NeedsMotion}"]);
    }
}
