using EvsNative.Kernels;
using EvsNative.Layers;
using EvsNative.Models;
using EvsNative.Testing;

namespace EvsNative.Cli.Tests.Commands;

/// <summary>A judge's file as its authors would have written it, with weights by formula.</summary>
internal static class JudgeWeights
{
    /// <summary>AMT-S, whose file holds more than the network: what a training goes on with.</summary>
    public static string WriteAmt(string path)
    {
        var asked = new RecordedWeights(new FormulaWeights());
        using var dry = Device.Open(new DeviceOptions(Backend.Null));
        _ = new FrameInterpolator(new WeightStore(dry, asked).Root, AmtConfig.AmtS);
        var tensors = asked.Asked.Select(tensor =>
        {
            float[] values = new float[tensor.Shape.Aggregate(1L, (count, length) => count * length)];
            new FormulaWeights().Read(tensor.Name, tensor.Shape, values);
            return new TorchTensor(tensor.Name, [.. tensor.Shape], values);
        });
        return TorchFiles.WriteZip(path, new Dictionary<string, object?>
        {
            ["state_dict"] = TorchFiles.Dictionary(tensors),
            ["optim"] = new Dictionary<string, object?>(),
            ["epoch"] = 300,
        });
    }
}
