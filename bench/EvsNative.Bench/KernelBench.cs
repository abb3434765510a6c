using System.Diagnostics;
using System.Reflection;
using EvsNative.Kernels;
using EvsNative.Kernels.Cuda;
using EvsNative.Kernels.Gpu;

namespace EvsNative.Bench;

/// <summary>
/// Every kernel of the table's lines and of whole passes as the driver made it: registers, local memory, how many groups a multiprocessor
/// holds, against what its plan counts on. What the driver's compiler makes differently from the assembler that was tried shows here.
/// </summary>
internal static class KernelBench
{
    private const int RegistersOfUnit = 65536, RegistersAtOnce = 8, Warp = 32;

    // Arrays and spills of the kernels for any GPU; those for tensor cores have none.
    private const int MostLocalBytes = 16;

    /// <summary>Prints a line for each.</summary>
    /// <returns>how many are not as planned</returns>
    /// <exception cref="DeviceException">the device is no CUDA device</exception>
    public static int Print(OpenGpu gpu, IReadOnlyCollection<string> only, bool isMarkdown, string? jsonPath)
    {
        if (gpu.Runtime is not CudaGpu cuda) throw new DeviceException($"{gpu.Line}: only a CUDA driver tells what it made of kernels");
        using var json = new JsonLines(jsonPath);
        Console.WriteLine($"device: {gpu.Line}");
        var clock = Stopwatch.StartNew();
        var plan = new DryCases(gpu, only.Count > 0 ? Cases.ForGpu(only) : [.. Cases.ForGpu([]), .. PassCases.All()]).Kernels;
        gpu.Device.Compile(plan);
        Console.WriteLine($"{plan.Count} kernels compiled in {clock.Elapsed.TotalSeconds:F1} s");
        Console.WriteLine();
        var table = new Table(
            isMarkdown, ("kernel", 96), ("threads", 8), ("registers", 10), ("local B", 8), ("shared B", 9), ("groups", 8),
            ("as planned", 11));
        table.Head();
        int failures = 0;
        foreach (var form in plan.Forms.OrderBy(form => form.Name, StringComparer.Ordinal))
        {
            var (facts, problem) = Load(cuda, form);
            int groups = facts is null ? 0 : GroupsOf(facts);
            problem ??= Objection(form, facts!, groups);
            if (problem is not null) failures++;
            table.Line(
                form.Name, $"{form.Threads}", $"{facts?.Registers}", $"{facts?.LocalBytes}", $"{facts?.SharedBytes}", $"{groups}",
                problem ?? "yes");
            json.Write(new { kernel = form.Name, form.Threads, facts?.Registers, facts?.LocalBytes, facts?.SharedBytes, groups, problem });
        }

        return failures;
    }

    /// <summary>Groups of a kernel that the registers of a multiprocessor suffice for.</summary>
    internal static int GroupsOf(CudaKernelFacts facts)
    {
        int each = (Math.Max(facts.Registers, 1) + RegistersAtOnce - 1) / RegistersAtOnce * RegistersAtOnce;
        return RegistersOfUnit / (each * ((facts.Threads + Warp - 1) / Warp * Warp));
    }

    /// <summary>What is not as its plan counts on; null if all is.</summary>
    internal static string? Objection(KernelForm form, CudaKernelFacts facts, int groups)
    {
        int most = form.Name.Contains("Portable", StringComparison.Ordinal) ? MostLocalBytes : 0;
        if (facts.LocalBytes > most) return $"{facts.LocalBytes} bytes of local memory, at most {most}";
        return groups < Math.Max(form.MinGroups, 1) ? $"{groups} groups fit, {form.MinGroups} are wanted" : null;
    }

    private static (CudaKernelFacts? Facts, string? Problem) Load(CudaGpu gpu, KernelForm form)
    {
        try
        {
            typeof(KernelBench).GetMethod(nameof(LoadOf), BindingFlags.Static | BindingFlags.NonPublic)!
                .MakeGenericMethod(form.Kernel.GetParameters().Single().ParameterType).Invoke(null, [gpu, form]);
            return (gpu.Facts[^1], null);
        }
        catch (TargetInvocationException e) when (e.InnerException is DeviceException fault)
        {
            return (null, fault.Message);
        }
    }

    private static void LoadOf<TArgs>(CudaGpu gpu, KernelForm form) where TArgs : struct =>
        gpu.Load<TArgs>(form.Kernel, form.Threads, new GpuKernelOptions(MinGroups: form.MinGroups));
}
