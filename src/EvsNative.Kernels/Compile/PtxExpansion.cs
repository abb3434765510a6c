using System.Reflection;
using System.Text;
using EvsNative.Kernels.Definitions;
using ILGPU;
using ILGPU.Backends.OpenCL;
using ILGPU.Backends.PTX;
using ILGPU.IR;
using ILGPU.IR.Intrinsics;
using ILGPU.IR.Values;

using Registers = ILGPU.Backends.RegisterAllocator<ILGPU.Backends.PTX.PTXRegisterKind>;

namespace EvsNative.Kernels.Compile;

/// <summary>
/// Makes methods with a <see cref="PtxAsmAttribute"/> known to ILGPU's compilers, and writes their text where they are called.
/// </summary>
internal static class PtxExpansion
{
    private const BindingFlags Everything = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Registers all intrinsics of a class.</summary>
    public static void Register(IntrinsicImplementationManager intrinsics, Type type)
    {
        foreach (var method in type.GetMethods(Everything))
        {
            if (method.GetCustomAttribute<PtxAsmAttribute>() is not { } asm) continue;
            intrinsics.RegisterMethod(method, new PTXIntrinsic(Handler(nameof(WritePtx)), IntrinsicImplementationMode.GenerateCode));
            if (asm.Portable is { } portable)
                intrinsics.RegisterMethod(method,
                    new CLIntrinsic(type.GetMethod(portable, Everything)!, IntrinsicImplementationMode.Redirect));
            else if (asm.Text.Length == 0)
                intrinsics.RegisterMethod(method, new CLIntrinsic(Handler(nameof(WriteNothing)), IntrinsicImplementationMode.GenerateCode));
        }
    }

    /// <summary>A line that says what an instruction needs; it is taken out when the text is finished.</summary>
    public static string Needs(PtxAsmAttribute asm) => $".pragma \"needs sm_{asm.Sm}{(asm.IsSpecific ? "a" : "")} {asm.Isa}\";";

    /// <summary>The text with registers and immediates in place.</summary>
    public static string Expand(string text, IReadOnlyList<string> results, IReadOnlyList<string> arguments,
        IReadOnlyList<string?> immediates)
    {
        var expanded = new StringBuilder(text.Length + 64);
        for (int i = 0; i < text.Length; i++)
        {
            char mark = text[i];
            bool isResult = mark == '$' && i + 1 < text.Length && text[i + 1] == 'd';
            int digits = i + (isResult ? 2 : 1), end = digits;
            while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
            if (mark is not ('$' or '#') || end == digits)
            {
                expanded.Append(mark);
                continue;
            }

            int index = int.Parse(text.AsSpan(digits, end - digits));
            expanded.Append(mark == '#' ? immediates[index]
                ?? throw new NotSupportedException($"argument {index} of '{text}' is no constant")
                : isResult ? results[index] : arguments[index]);
            i = end - 1;
        }

        return expanded.ToString();
    }

    private static MethodInfo Handler(string name) => typeof(PtxExpansion).GetMethod(name, BindingFlags.Static | BindingFlags.NonPublic)!;

    private static void WriteNothing(CLBackend backend, CLCodeGenerator generator, Value value) { }

    private static void WritePtx(PTXBackend backend, PTXCodeGenerator generator, Value value)
    {
        var call = (MethodCall)value;
        var asm = ((MethodInfo)call.Target.Source).GetCustomAttribute<PtxAsmAttribute>()!;
        string text = asm.Text;
        if (asm.Sm > PtxAsmAttribute.OldestSm || asm.Isa > PtxAsmAttribute.OldestIsa) generator.Builder.Append('\t').AppendLine(Needs(asm));
        List<string> results = [], arguments = [];
        List<string?> immediates = [], none = [];
        foreach (var argument in call.Nodes) Flatten(generator, generator.Load(argument.Resolve()), arguments, immediates);
        if (!call.Target.ReturnType.IsVoidType) Flatten(generator, generator.Allocate(call), results, none);
        foreach (string line in Expand(text, results, arguments, immediates).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            generator.Builder.Append('\t').AppendLine(line);
    }

    private static void Flatten(PTXCodeGenerator generator, Registers.Register register, List<string> names, List<string?> immediates)
    {
        switch (register)
        {
            case Registers.CompoundRegister compound:
                foreach (var part in compound.Children) Flatten(generator, part, names, immediates);
                break;
            case Registers.ConstantRegister constant:
                immediates.Add(Immediate(constant.Value));
                names.Add(NameOf(generator.EnsureHardwareRegister(constant)));
                break;
            case Registers.HardwareRegister hardware:
                immediates.Add(null);
                names.Add(NameOf(hardware));
                break;
            default:
                throw new NotSupportedException($"a {register.GetType().Name} cannot be given to an instruction");
        }
    }

    private static string NameOf(Registers.HardwareRegister register) => "%" + PTXRegisterAllocator.GetStringRepresentation(register);

    private static string Immediate(PrimitiveValue value) => value.BasicValueType switch
    {
        BasicValueType.Int1 => value.Int1Value ? "1" : "0",
        BasicValueType.Int8 => $"{value.Int8Value}",
        BasicValueType.Int16 => $"{value.Int16Value}",
        BasicValueType.Int32 => $"{value.Int32Value}",
        BasicValueType.Int64 => $"{value.Int64Value}",
        BasicValueType.Float32 => $"0f{BitConverter.SingleToUInt32Bits(value.Float32Value):X8}",
        _ => throw new NotSupportedException($"{value.BasicValueType} cannot be an immediate"),
    };
}
