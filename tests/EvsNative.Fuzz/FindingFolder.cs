using System.Globalization;
using System.Text;
using EvsNative.Fuzz.Running;

namespace EvsNative.Fuzz;

/// <summary>Keeps what was found, and what is being tried, in case the process itself ends.</summary>
internal sealed class FindingFolder : IDisposable
{
    private const int NoteBytes = 64;
    private readonly string _folder;
    private readonly FileStream _now;

    /// <summary>Makes the folder.</summary>
    public FindingFolder(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        _now = new FileStream(Path.Combine(folder, "now.txt"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    }

    /// <summary>Writes the number of the case that is tried now into now.txt.</summary>
    public void Note(FuzzTarget target, long number)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"--target {target.Name} --case {number}");
        RandomAccess.Write(_now.SafeFileHandle, Encoding.ASCII.GetBytes(text.PadRight(NoteBytes - 1) + "\n"), 0);
    }

    /// <summary>Writes the files of a finding into a folder of their own, and a line about it.</summary>
    public void Keep(Finding finding)
    {
        File.AppendAllText(Path.Combine(_folder, "findings.txt"), $"{finding}\n");
        foreach (var file in finding.Files)
        {
            string path = Path.Combine(_folder, finding.Target, $"{finding.Number}", file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _now.Dispose();
}
