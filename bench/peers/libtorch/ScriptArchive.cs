using System.IO.Compression;
using System.Text;

namespace EvsNative.Peers;

/// <summary>
/// A TorchScript archive with one module without state, made from source. Code that is loaded from an archive may call every operation that
/// libtorch has, also oneDNN's and MKL's with packed weights, which code compiled from a string may not.
/// </summary>
internal static class ScriptArchive
{
    private const string Module = "Peer";

    // Pickles by hand: an object of the class with an empty dictionary as its state, and an empty tuple of constants.
    private const string Instance =
        "\u0080\u0002c__torch__\n" + Module + "\nq\u0000)\u0081}(X\u0008\u0000\u0000\u0000trainingq\u0001\u0089ub.";

    private const string NoConstants = "\u0080\u0002).";

    /// <summary>Writes the archive.</summary>
    /// <param name="path">the file, replaced</param>
    /// <param name="methods">methods of the module in TorchScript, not indented</param>
    public static void Write(string path, string methods)
    {
        File.Delete(path);
        using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
        var code = new StringBuilder($"class {Module}(Module):\n  __parameters__ = []\n  __buffers__ = []\n  training : bool\n");
        foreach (string line in methods.Split('\n')) code.Append("  ").Append(line).Append('\n');
        Add(zip, "peer/code/__torch__.py", code.ToString());
        Add(zip, "peer/data.pkl", Instance);
        Add(zip, "peer/constants.pkl", NoConstants);
        Add(zip, "peer/version", "3\n");
    }

    private static void Add(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        entry.Write(Encoding.Latin1.GetBytes(text));
    }
}
