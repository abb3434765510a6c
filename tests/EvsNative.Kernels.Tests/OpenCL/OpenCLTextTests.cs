using System.Reflection;
using EvsNative.Kernels.Compile;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Norm;
using EvsNative.Kernels.OpenCL;
using ILGPU.Backends;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.OpenCL;
using ILGPU.Runtime;
using ILGPU.Runtime.OpenCL;

namespace EvsNative.Kernels.Tests.OpenCL;

/// <summary>The text that an OpenCL driver gets: what it has compiled once it finds again.</summary>
public sealed class OpenCLTextTests
{
    [Fact]
    public void Numbers_follow_the_text()
    {
        const string Written =
            "struct type_71_kernel; typedef global struct type_71* type_8; L_710: goto L_7101; int field_71, view_8, my_type_3;";
        Assert.Equal(
            "struct type_0_kernel; typedef global struct type_0* type_1; L_2: goto L_3; int field_71, view_8, my_type_3;",
            OpenCLText.Canonical(Written));
    }

    [Fact]
    public void A_kernel_has_one_text_whatever_was_compiled_before()
    {
        Assert.SkipWhen(OpenCLDevice.Problem is not null, $"no OpenCL: {OpenCLDevice.Problem}");
        var kernel = typeof(GroupNormPortable).GetMethod("MergeKernel", BindingFlags.Static | BindingFlags.NonPublic)!;
        string first = Compile(kernel), second = Compile(kernel);
        Assert.NotEqual(first, second);
        Assert.Equal(OpenCLText.Canonical(first), OpenCLText.Canonical(second));
    }

    private static string Compile(MethodInfo kernel)
    {
        using var context = KernelContext.Create();
        using var accelerator = OpenCLLibrary.Open(context, OpenCLDevices.Find()[0]);
        var entry = EntryPointDescription.FromExplicitlyGroupedKernel(kernel);
        return ((CLCompiledKernel)accelerator.GetBackend().Compile(entry, default)).Source;
    }
}
