namespace EvsNative.Kernels.Tests.Ptx;

/// <summary>Small texts of PTX for tests.</summary>
internal static class PtxTexts
{
    private static readonly string[] Registers = [".reg .pred	%p<8>;", ".reg .b32	%r<32>;", ".reg .b64	%rd<32>;", ".reg .f32	%f<32>;"];

    /// <summary>A kernel of one parameter, an address, with this body; one statement to a line.</summary>
    public static string Kernel(string body, string declarations = "") =>
        $$"""
        .version 7.0
        .target sm_80
        .address_size 64

        .visible .entry kernel(
        .param .b64 p0
        )
        .maxntid 32, 1, 1
        {
        	{{string.Join("\n\t", (string[])[.. Lines(declarations), .. Registers])}}
        {{string.Join('\n', Lines(body).Select(line => line.EndsWith(':') ? line : "\t" + line))}}
        }

        """;

    /// <summary>The statements of the kernel, labels included, without declarations; tabs are blanks.</summary>
    public static string[] Body(string text)
    {
        string[] lines = Lines(text);
        int first = Array.IndexOf(lines, "{") + 1;
        return [.. lines[first..^1].Where(line => line[0] != '.').Select(line => line.Replace('\t', ' '))];
    }

    /// <summary>A loop that counts a register from 0.</summary>
    public static string Loop(string label, string counter, string bound, string body, string step = "1") =>
        $"""
        mov.b32 {counter}, 0;
        {label}:
        setp.ge.s32 %p1, {counter}, {bound};
        @%p1 bra {label}_end;
        {body}
        add.s32 %r31, {counter}, {step};
        mov.b32 {counter}, %r31;
        bra {label};
        {label}_end:
        """;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
