using System.Reflection;
using EvsNative.Kernels.Pointwise;
using EvsNative.Kernels.Gpu;
using EvsNative.Kernels.Ptx;
namespace EvsNative.Kernels.Tests.Ptx;
public sealed class DumpTests
{
    [Fact]
    public void Dump()
    {
        using var c = new PtxCompiler(PtxTarget.For(80), typeof(TestIntrinsics));
        System.IO.Directory.CreateDirectory("/tmp/ptxdump");
        foreach (var m in typeof(PointwisePortable).GetMethods(BindingFlags.Static | BindingFlags.NonPublic).Where(m => m.Name.EndsWith("Kernel")).Concat(typeof(ExampleKernels).GetMethods(BindingFlags.Static | BindingFlags.Public)))
        {
            var k = m.IsGenericMethodDefinition ? m.MakeGenericMethod(m.GetGenericArguments().Select(_ => m.Name == "Product" ? typeof(ExampleKernels.Tile4x4) : typeof(Float16Element)).ToArray()) : m;
            try {
            System.IO.File.WriteAllText($"/tmp/ptxdump/{m.Name}.raw.ptx", c.CompileRaw(k, m.Name.EndsWith("Kernel") ? 256 : 64));
            
            var raw = c.CompileRaw(k, m.Name.EndsWith("Kernel") ? 256 : 64); for (int q = 0; q < 3; q++) PtxPasses.Finish(raw, c.Target, "x"); var t = System.Diagnostics.Stopwatch.StartNew(); for (int q = 0; q < 10; q++) PtxPasses.Finish(raw, c.Target, "x"); Console.WriteLine(m.Name + " " + t.Elapsed.TotalMilliseconds / 10); var done = c.Compile(k, m.Name.EndsWith("Kernel") ? 256 : 64);
            System.IO.File.WriteAllText($"/tmp/ptxdump/{m.Name}.ptx", done.Text);
            } catch (DeviceException e) { System.IO.File.WriteAllText($"/tmp/ptxdump/{m.Name}.err", e.ToString()); }
        }
    }
}
