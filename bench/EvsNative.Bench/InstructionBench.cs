using System.Runtime.InteropServices;
using EvsNative.Kernels;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Bench;

/// <summary>
/// Single instructions of the tensor kernels on a device against what the manual says: if a kernel is wrong on a card and right in the
/// interpreter, this page tells whose error it is.
/// </summary>
internal static class InstructionBench
{
    /// <summary>Prints a line for each.</summary>
    /// <returns>how many are not as the manual says</returns>
    public static int Print(OpenGpu gpu, bool isMarkdown, string? jsonPath)
    {
        using var json = new JsonLines(jsonPath);
        Console.WriteLine($"device: {gpu.Line}, sm_{gpu.Caps.Sm}");
        Console.WriteLine();
        var table = new Table(isMarkdown, ("instruction", 48), ("result", 8), ("error", 10), ("allowed", 10));
        table.Head();
        int failures = 0;
        foreach (var trial in InstructionTrials.All)
        {
            if (gpu.Caps.Sm < trial.Sm)
            {
                table.Line(trial.Name, "-", $"sm_{trial.Sm}", "");
                continue;
            }

            var (error, problem) = Try(gpu, trial);
            bool isRight = error <= trial.Allowed;
            if (!isRight) failures++;
            table.Line(trial.Name, isRight ? "pass" : "FAIL", problem ?? $"{error:0.0e-0}", $"{trial.Allowed:0.0e-0}");
            json.Write(new
            {
                instruction = trial.Name,
                passed = isRight,
                error = double.IsFinite(error) ? error : (double?)null,
                allowed = trial.Allowed,
                problem,
            });
        }

        return failures;
    }

    private static (double Error, string? Problem) Try(OpenGpu gpu, InstructionTrial trial)
    {
        try
        {
            return (trial.Error(Run(gpu.Runtime, trial)), null);
        }
        catch (DeviceException e)
        {
            return (double.PositiveInfinity, e.Message);
        }
    }

    private static uint[] Run(GpuRuntime gpu, InstructionTrial trial)
    {
        int bytes = trial.Input.Length * sizeof(uint);
        using var x = gpu.Allocate(bytes);
        using var y = gpu.Allocate(bytes);
        gpu.Write(x, 0, MemoryMarshal.AsBytes<uint>(trial.Input));
        // What is not written is no number.
        gpu.Fill(y, 0, bytes, 0xff);
        var kernel = gpu.Load<InstructionArgs>(
            trial.Kernel, InstructionKernels.Lanes, new GpuKernelOptions(SharedBytes: InstructionKernels.BlockBytes));
        kernel.Launch(
            new Groups(1), new InstructionArgs { X = new Operand { Memory = x.View }, Y = new Operand { Memory = y.View } });
        uint[] got = new uint[trial.Input.Length];
        gpu.Read(y, 0, MemoryMarshal.AsBytes(got.AsSpan()));
        return got;
    }
}
